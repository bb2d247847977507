"""What is pointed out in a text about or for a patient before it goes: promises, names, copies (NOTE-3, NOTE-8)."""

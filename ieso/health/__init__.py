"""What machines ask this service: `/livez` (balancer) and `/healthz` (monitoring)."""

"""A passkey made of software: answers what a server asks for as a browser would, for tests through HTTP."""

import hashlib
import json
import secrets

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from fido2 import cbor
from fido2.cose import ES256
from fido2.utils import websafe_decode, websafe_encode

HOST, ORIGIN = "testserver", "https://testserver"
PRESENT, VERIFIED, ATTESTED = 0x01, 0x04, 0x40


class Passkey:
    """One key pair for one account; `verifies` is whether it asks its person who they are."""

    def __init__(self, *, verifies: bool = True, host: str = HOST) -> None:
        self.private = ec.generate_private_key(ec.SECP256R1())
        self.id, self.handle, self.host, self.verifies = secrets.token_bytes(16), b"", host, verifies

    def create(self, options: dict, origin: str = ORIGIN) -> str:
        """Answer `options` for a new passkey, as the JSON that a page posts."""
        asked = options["publicKey"]
        self.handle = websafe(asked["user"]["id"])
        key = cbor.encode(dict(ES256.from_cryptography_key(self.private.public_key())))
        attested = bytes(16) + len(self.id).to_bytes(2, "big") + self.id + key
        data = self._data(ATTESTED) + attested
        statement = cbor.encode({"fmt": "none", "authData": data, "attStmt": {}})
        client = self._client("webauthn.create", asked["challenge"], origin)
        return self._answer({"clientDataJSON": client, "attestationObject": statement})

    def show(self, options: dict, origin: str = ORIGIN) -> str:
        """Answer `options` for a sign-in."""
        client, data = self._client("webauthn.get", options["publicKey"]["challenge"], origin), self._data()
        signature = self.private.sign(data + hashlib.sha256(client).digest(), ec.ECDSA(hashes.SHA256()))
        answer = {"clientDataJSON": client, "authenticatorData": data, "signature": signature}
        return self._answer(answer | {"userHandle": self.handle})

    def _data(self, more: int = 0) -> bytes:
        flags = PRESENT | more | (VERIFIED if self.verifies else 0)
        return hashlib.sha256(self.host.encode()).digest() + bytes([flags]) + bytes(4)

    def _client(self, kind: str, challenge: str, origin: str) -> bytes:
        return json.dumps({"type": kind, "challenge": challenge, "origin": origin}).encode()

    def _answer(self, response: dict[str, bytes]) -> str:
        texts = {name: websafe_encode(value) for name, value in response.items()}
        found = {"id": websafe_encode(self.id), "rawId": websafe_encode(self.id), "type": "public-key"}
        return json.dumps(found | {"response": texts, "clientExtensionResults": {"credProps": {"rk": True}}})


def websafe(text: str) -> bytes:
    return websafe_decode(text)


def stored(user):
    """A passkey of the user, as if it had been added: (the passkey, its row)."""
    from allauth.account.utils import user_pk_to_url_str
    from allauth.mfa.models import Authenticator

    passkey = Passkey()
    handle = websafe_encode(user_pk_to_url_str(user).encode())
    made = passkey.create({"publicKey": {"user": {"id": handle}, "challenge": websafe_encode(b"c" * 16)}})
    row = Authenticator.objects.create(
        user=user, type=Authenticator.Type.WEBAUTHN, data={"name": "My phone", "credential": json.loads(made)}
    )
    return passkey, row

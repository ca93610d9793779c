"""The name of a key, as clinic.toml has it → a key that can sign at a given time, or the reason why it cannot."""

# pyHanko's types are partial: what it gives is looked at where it is used.
# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false, reportUnknownArgumentType=false, reportMissingTypeStubs=false

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, cast

from asn1crypto import keys as asn1_keys
from asn1crypto import x509 as asn1
from cryptography import x509
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import pkcs12
from pyhanko.sign.signers import SimpleSigner
from pyhanko.sign.signers.pdf_cms import Signer
from pyhanko_certvalidator.registry import SimpleCertificateStore

from handouts.errors import Fault, MissingProgram, UnreadableInput, UnusableKey

TOKEN = "pkcs11:"  # noqa: S105  # it begins the name of a key
_LARGEST = 1 << 20  # bytes of a key's file
_CURVES = ("secp256r1", "secp384r1", "secp521r1")
_LEAST_RSA = 2048
_ANOTHER = "Use a key on the curve P-256, or RSA of 2048 bits or more."


@dataclass(frozen=True, slots=True)
class Key:
    """What somebody signs with. `subject` is the name in the certificate, `sha256` the hash of that.

    A key on a token is open until `close`.
    """

    name: str
    subject: str
    sha256: str
    signer: Signer
    certificate: x509.Certificate
    session: Any = None

    def close(self) -> None:
        """Ends the session with the token, if there is one."""
        if self.session is not None:
            self.session.close()

    def require_usable(self, at: datetime) -> None:
        """Raises UnusableKey if nothing may be signed with it `at` that time (aware)."""
        certificate = self.certificate
        start, end = certificate.not_valid_before_utc, certificate.not_valid_after_utc
        if at > end:
            raise _unusable(
                self.name, f"the certificate expired on {end:%Y-%m-%d}.", "Ask its authority for a new one."
            )
        if at < start:
            problem = f"the certificate is not valid before {start:%Y-%m-%d}."
            raise _unusable(self.name, problem, "Wait for that day, and see whether this computer's clock is right.")


def opened(name: str, folder: Path, password: str | None, at: datetime, *, module: Path | str | None = None) -> Key:
    """The key `name`, fit to sign `at` that time (aware).

    It is a file in `folder` or below (.p12, .pfx, .pem), which `password` opens, or "pkcs11:LABEL": a key and its certificate on a
    token that the library `module` (PKCS#11) knows, and `password` is its PIN. Raises UnusableKey with what is wrong, and
    MissingProgram for a token where python-pkcs11 is not installed.
    """
    key = _on_token(name, module, password) if name.startswith(TOKEN) else _in_file(name, folder, password)
    try:
        _require_fit(key)
        key.require_usable(at)
    except UnusableKey:
        key.close()
        raise
    return key


def certificates_in(pem: bytes, where: str) -> tuple[bytes, ...]:
    """The certificates of a PEM file, each in DER; `where` names the file. Raises UnreadableInput if there is none."""
    try:
        found = x509.load_pem_x509_certificates(pem)
    except ValueError:
        raise UnreadableInput(Fault(where, "has no certificate that can be read.", "Save the roots as PEM.")) from None
    return tuple(each.public_bytes(serialization.Encoding.DER) for each in found)


def _in_file(name: str, folder: Path, password: str | None) -> Key:
    content = _content(name, folder)
    secret = password.encode() if password else None
    if name.lower().endswith((".p12", ".pfx")):
        private, certificate, chain = _from_pkcs12(name, content, secret)
    elif name.lower().endswith(".pem"):
        private, certificate, chain = _from_pem(name, content, secret)
    else:
        raise _unusable(name, "is neither .p12, .pfx nor .pem.", "Save key and certificate as PKCS#12 or PEM.")
    if private.public_key() != certificate.public_key():
        raise _unusable(name, "the key is not that of the certificate.", "Save the two that belong together.")
    der = private.private_bytes(
        serialization.Encoding.DER, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    signer = SimpleSigner(_asn1(certificate), asn1_keys.PrivateKeyInfo.load(der), _store(chain), embed_roots=False)
    return _key(name, certificate, signer)


def _content(name: str, folder: Path) -> bytes:
    """The bytes of a file that stands in `folder` itself, whatever links lead to it."""
    home = folder.resolve()
    within = "Put the key's file into the clinic's folder and name it from there."
    if not name or Path(name).is_absolute():
        raise _unusable(name, "is not the name of a file in the clinic's folder.", within)
    try:
        place = (home / name).resolve(strict=True)
        if not place.is_relative_to(home):
            raise _unusable(name, "leads out of the clinic's folder.", within)
        if not place.is_file():
            raise _unusable(name, "is not a file.", within)
        with place.open("rb") as file:
            content = file.read(_LARGEST + 1)
    except (OSError, ValueError, RuntimeError) as trouble:
        problem = "there is no such file." if isinstance(trouble, FileNotFoundError) else "cannot be read."
        raise _unusable(name, problem, within) from None
    if len(content) > _LARGEST:
        raise _unusable(name, "is far too large for a key.", within)
    return content


_Private = ec.EllipticCurvePrivateKey | rsa.RSAPrivateKey
_Found = tuple[_Private, x509.Certificate, Sequence[x509.Certificate]]


def _from_pkcs12(name: str, content: bytes, secret: bytes | None) -> _Found:
    try:
        private, certificate, chain = pkcs12.load_key_and_certificates(content, secret)
    except ValueError as trouble:
        if "password" in str(trouble).lower() or "mac" in str(trouble).lower():
            raise _wrong_password(name, given=secret is not None) from None
        raise _unusable(name, "is no PKCS#12 file.", "Save key and certificate anew.") from None
    except Exception:  # noqa: BLE001  # whatever a damaged file makes the library say
        raise _unusable(name, "is no PKCS#12 file that can be read.", "Save key and certificate anew.") from None
    if private is None:
        raise _unusable(name, "has no private key in it.", "Save the certificate with its private key.")
    if certificate is None:
        raise _unusable(name, "has no certificate for its key in it.", "Save the key with its certificate.")
    return _signing(name, private), certificate, chain


def _from_pem(name: str, content: bytes, secret: bytes | None) -> _Found:
    try:
        private = serialization.load_pem_private_key(content, secret)
    except TypeError:
        if secret is None:
            raise _wrong_password(name, given=False) from None
        private = _unprotected(name, content)
    except Exception as trouble:  # noqa: BLE001  # as above
        if b"PRIVATE KEY-----" not in content:
            raise _unusable(name, "has no private key in it.", "Save the certificate with its private key.") from None
        if "password" in str(trouble).lower() or b"ENCRYPTED" in content:
            raise _wrong_password(name, given=True) from None
        raise _unusable(name, "has a private key that cannot be read.", "Save it anew.") from None
    try:
        found = x509.load_pem_x509_certificates(content)
    except ValueError:
        raise _unusable(
            name, "has no certificate for its key in it.", "Add it to the file, its chain after it."
        ) from None
    own = [each for each in found if each.public_key() == private.public_key()]
    if not own:
        raise _unusable(name, "the key is not that of the certificate.", "Save the two that belong together.")
    return _signing(name, private), own[0], [each for each in found if each is not own[0]]


def _unprotected(name: str, content: bytes) -> Any:
    """The key of a file that needs no password though one was given."""
    with suppress(Exception):
        return serialization.load_pem_private_key(content, None)
    raise _unusable(name, "has a private key that cannot be read.", "Save it anew.")


def _signing(name: str, private: Any) -> _Private:
    if isinstance(private, ec.EllipticCurvePrivateKey | rsa.RSAPrivateKey):
        return private
    raise _unusable(name, "is a kind of key that is not signed with here.", _ANOTHER)


def _on_token(name: str, module: Path | str | None, pin: str | None) -> Key:
    """The key with the label; no PIN is tried on a token that does not hold its certificate."""
    try:
        import pkcs11  # noqa: PLC0415  # an extra that most clinics do without
    except ImportError:
        remedy = 'Install it: pip install "handouts[pkcs11]".'
        raise MissingProgram(Fault(name, "a key on a token needs the package python-pkcs11.", remedy)) from None
    label = name.removeprefix(TOKEN)
    if not module or not label:
        remedy = "Set signing.pkcs11_module in clinic.toml, and name the key pkcs11:LABEL."
        raise _unusable(name, "the library of the token or the label of the key is not named.", remedy)
    if not pin:
        raise _wrong_password(name, given=False)
    session = _session(name, cast("Any", pkcs11), str(module), label, pin)
    try:
        return _in_session(name, cast("Any", pkcs11), session, label)
    except (pkcs11.PKCS11Error, ValueError):
        session.close()
        raise _unusable(name, "what is on the token cannot be read.", "Put key and certificate on it anew.") from None
    except UnusableKey:
        session.close()
        raise


def _session(name: str, pkcs11: Any, module: str, label: str, pin: str) -> Any:
    try:
        return _token_with(name, pkcs11, module, label).open(user_pin=pin)
    except pkcs11.PinLocked:
        raise _unusable(name, "the token is locked.", "Have whoever manages it unlock it.") from None
    except (pkcs11.PinIncorrect, pkcs11.PinInvalid, pkcs11.PinLenRange):
        raise _wrong_password(name, given=True) from None
    except (pkcs11.PKCS11Error, RuntimeError):
        raise _unusable(name, "the token cannot be opened.", "See that it is plugged in and try again.") from None


def _in_session(name: str, pkcs11: Any, session: Any, label: str) -> Key:
    """The key of this label, on a token that is open."""
    from pyhanko.sign.pkcs11 import PKCS11Signer  # noqa: PLC0415  # it needs the extra

    found = _certificates(pkcs11, session, label)
    if len(found) != 1:
        problem = "has no certificate on the token." if not found else "has several certificates on the token."
        raise _unusable(name, problem, "Give the key and its one certificate the same label.")
    attribute, kind = pkcs11.constants.Attribute, pkcs11.constants.ObjectClass.PRIVATE_KEY
    if len(list(session.get_objects({attribute.CLASS: kind, attribute.LABEL: label}))) != 1:
        raise _unusable(name, "has no private key on the token.", "Give key and certificate the same label.")
    certificate = x509.load_der_x509_certificate(found[0])
    others = [x509.load_der_x509_certificate(each) for each in _certificates(pkcs11, session, None)]
    signer: Any = PKCS11Signer(
        session,
        key_label=label,
        signing_cert=_asn1(certificate),
        ca_chain=[_asn1(each) for each in others if each != certificate],
        embed_roots=False,
        use_raw_mechanism=True,  # hashed here: not every token does both
    )
    return _key(name, certificate, signer, session)


def _token_with(name: str, pkcs11: Any, module: str, label: str) -> Any:
    """The token that shows a certificate of this label, or the only one there is."""
    try:
        slots = pkcs11.lib(module).get_slots(token_present=True)
    except (pkcs11.PKCS11Error, RuntimeError, OSError):
        remedy = "Set signing.pkcs11_module in clinic.toml to the library that came with the token."
        raise _unusable(name, "the library of the token cannot be loaded.", remedy) from None
    tokens = [slot.get_token() for slot in slots]
    tokens = [token for token in tokens if token.flags & pkcs11.TokenFlag.TOKEN_INITIALIZED]
    if len(tokens) > 1:
        tokens = [token for token in tokens if _shows(pkcs11, token, label)]
    if len(tokens) != 1:
        problem = "is on none of the tokens." if not tokens else "is on several tokens."
        raise _unusable(name, problem, "Plug in the one that holds the key.")
    return tokens[0]


def _shows(pkcs11: Any, token: Any, label: str) -> bool:
    try:
        with token.open() as session:
            return bool(_certificates(pkcs11, session, label))
    except pkcs11.PKCS11Error:
        return False


def _certificates(pkcs11: Any, session: Any, label: str | None) -> list[bytes]:
    attribute = pkcs11.constants.Attribute
    wanted = {attribute.CLASS: pkcs11.constants.ObjectClass.CERTIFICATE}
    if label is not None:
        wanted[attribute.LABEL] = label
    return [bytes(each[attribute.VALUE]) for each in session.get_objects(wanted)]


def _require_fit(key: Key) -> None:
    """Raises UnusableKey for a certificate that is not for signing documents (RFC 5280 §4.2.1.3), or a key that is too weak."""
    extensions = key.certificate.extensions
    with suppress(x509.ExtensionNotFound):
        usage = extensions.get_extension_for_class(x509.KeyUsage).value
        if not (usage.digital_signature or usage.content_commitment):
            raise _unusable(key.name, "the certificate does not allow signing.", "Ask for one for signing documents.")
    with suppress(x509.ExtensionNotFound):
        if extensions.get_extension_for_class(x509.BasicConstraints).value.ca:
            raise _unusable(key.name, "the certificate is an authority's.", "Sign with a person's or the clinic's own.")
    public = key.certificate.public_key()
    if isinstance(public, ec.EllipticCurvePublicKey):
        fit = public.curve.name in _CURVES
    else:
        fit = isinstance(public, rsa.RSAPublicKey) and public.key_size >= _LEAST_RSA
    if not fit:
        raise _unusable(key.name, "the key is too weak, or of a kind that is not signed with here.", _ANOTHER)


def _key(name: str, certificate: x509.Certificate, signer: Signer, session: Any = None) -> Key:
    asn = _asn1(certificate)
    subject = str(asn.subject.native.get("common_name") or asn.subject.human_friendly)
    return Key(name, subject, asn.sha256.hex(), signer, certificate, session)


def _asn1(certificate: x509.Certificate) -> Any:
    return asn1.Certificate.load(certificate.public_bytes(serialization.Encoding.DER))


def _store(certificates: Sequence[x509.Certificate]) -> SimpleCertificateStore:
    store = SimpleCertificateStore()
    store.register_multiple([_asn1(each) for each in certificates])
    return store


def _wrong_password(name: str, *, given: bool) -> UnusableKey:
    if given:
        return _unusable(name, "the password is wrong.", "Type it again.")
    return _unusable(name, "needs a password.", "Type the one it was saved with.")


def _unusable(name: str, problem: str, remedy: str) -> UnusableKey:
    return UnusableKey(Fault(f'the key "{name}"', problem, remedy))

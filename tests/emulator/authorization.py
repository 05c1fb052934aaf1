"""Authorization headers whose scope alone counts: nobody checks their signatures."""


def credential(service: str, key: str = "111122223333", region: str = "us-east-1") -> str:
    """A credential with the scope of a service."""
    return f"{key}/20260101/{region}/{service}/aws4_request"


def signed(service: str, key: str = "111122223333", region: str = "us-east-1") -> str:
    """An authorization header; nobody checks its signature."""
    return (
        f"AWS4-HMAC-SHA256 Credential={credential(service, key, region)},"
        " SignedHeaders=host, Signature=00"
    )

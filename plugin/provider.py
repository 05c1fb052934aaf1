"""The component provider, as Pulumi starts it."""

from pulumi import Inputs, ResourceOptions
from pulumi.errors import InputPropertiesError
from pulumi.provider import ConstructResult
from pulumi.provider.experimental.component import ComponentProvider
from pulumi.provider.server import ComponentInitError

from plugin.package import COMPONENTS, NAME, VERSION


class Provider(ComponentProvider):
    """Says what is wrong with a component's arguments, without the lines of our code."""

    def __init__(self) -> None:
        super().__init__(COMPONENTS, NAME, version=VERSION)

    def construct(
        self,
        name: str,
        resource_type: str,
        inputs: Inputs,
        options: ResourceOptions | None = None,
    ) -> ConstructResult:
        """As the base class. Raises: InputPropertiesError for what the component refuses."""
        try:
            return super().construct(name, resource_type, inputs, options)
        except ComponentInitError as error:
            if isinstance(error.inner, ValueError):
                # Without the list pulumi says something of its own code instead.
                raise InputPropertiesError(str(error.inner), []) from None
            raise

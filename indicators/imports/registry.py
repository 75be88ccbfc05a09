"""The kinds of import there are, by name. A new kind is one more line here."""

from indicators.imports.activities import Activities
from indicators.imports.kinds import Kind
from indicators.imports.observations import Observations

KINDS: dict[str, Kind] = {kind.name: kind for kind in (Observations(), Activities())}

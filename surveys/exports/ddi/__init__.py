"""A wave's codebook in DDI Codebook 2.5: the study, its files and its variables in all languages.

Front door: `codebook`. Element names and their order follow the standard's XML schema.
"""

from surveys.exports.ddi.document import codebook

__all__ = ["codebook"]

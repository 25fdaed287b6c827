"""The monthly circular (通报) of a build as a Word document: the marts' own figures, with charts that Word draws. Called by
`pipeline.build.documents`.
"""

from reporting.circular.document import CIRCULAR, write_circular

__all__ = ["CIRCULAR", "write_circular"]

"""Both engines' surface by version, as data: rules/catalog/ and how it is asked."""

"""What is wrong where identities break: the smallest change that makes the books agree again.

Here: the broken identities of a document as a sparse system of figures (`system`), the smallest
sets of cells whose change restores them (`search`), mistakes that move many cells at once
(`structure`, `codes`, `lost`), the hypotheses made of them (`candidates`), their verification by
the engine itself (`verify`), what is repaired (`repair`) and what is released (`frames`). Nothing
counts as explained that the engine has not seen to hold. Not here: whether an identity holds
(identities), and lost or jammed text of text extractions before they are books (restore).
"""

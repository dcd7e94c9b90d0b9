"""Acquisition: from the listing pages of portals to files in the raw folder, politely and safely.

Here: declared sources, asking servers, judging what they answer, unpacking bundles, remembering.
Not here: reading documents (readers), what a night does besides (night). Everything a server says
is untrusted: addresses, names, lengths, types and links are checked, never believed.
"""

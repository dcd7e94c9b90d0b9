"""Croissant and schema.org: a release as machine learning tools and search engines read it.

Here: `croissant.json` (files with hashes, a record set per table) and `schema.jsonld` (the same
dataset for a web page, without the columns). Not here: what all descriptions say alike (about).
"""

from __future__ import annotations

from typing import Any

from pipeline.release import about
from pipeline.release.about import About
from pipeline.schema.catalogue import Column, Table, tables
from pipeline.verify.verify import semantic

# Money is below 10^13 yuan: two decimals of it survive in a double, which is all Croissant has.
DATA_TYPES = {
    "text": "sc:Text",
    "code": "sc:Text",
    "int": "sc:Integer",
    "year": "sc:Integer",
    "bool": "sc:Boolean",
    "money": "sc:Float",
    "quantity": "sc:Float",
    "box": "sc:Float",
    "ratio": "sc:Float",
}
FORMATS = {"parquet": "application/x-parquet", "csv": "text/csv"}
# The context that the specification of Croissant 1.0 prints.
CONTEXT: dict[str, Any] = {
    "@language": "en",
    "@vocab": "https://schema.org/",
    "citeAs": "cr:citeAs",
    "column": "cr:column",
    "conformsTo": "dct:conformsTo",
    "cr": "http://mlcommons.org/croissant/",
    "rai": "http://mlcommons.org/croissant/RAI/",
    "data": {"@id": "cr:data", "@type": "@json"},
    "dataType": {"@id": "cr:dataType", "@type": "@vocab"},
    "dct": "http://purl.org/dc/terms/",
    "equivalentProperty": "cr:equivalentProperty",
    "examples": {"@id": "cr:examples", "@type": "@json"},
    "extract": "cr:extract",
    "field": "cr:field",
    "fileProperty": "cr:fileProperty",
    "fileObject": "cr:fileObject",
    "fileSet": "cr:fileSet",
    "format": "cr:format",
    "includes": "cr:includes",
    "isLiveDataset": "cr:isLiveDataset",
    "jsonPath": "cr:jsonPath",
    "key": "cr:key",
    "md5": "cr:md5",
    "parentField": "cr:parentField",
    "path": "cr:path",
    "recordSet": "cr:recordSet",
    "references": "cr:references",
    "regex": "cr:regex",
    "repeated": "cr:repeated",
    "replace": "cr:replace",
    "samplingRate": "cr:samplingRate",
    "sc": "https://schema.org/",
    "separator": "cr:separator",
    "source": "cr:source",
    "subField": "cr:subField",
    "transform": "cr:transform",
}


def croissant(release: About) -> dict[str, Any]:
    """The Croissant description (1.0); its versions must be semantic ones."""
    return {
        "@context": CONTEXT,
        **dataset(release),
        "conformsTo": "http://mlcommons.org/croissant/1.0",
        "citeAs": release.citation,
        "version": semantic(release.version),
        "isLiveDataset": False,
        "distribution": [
            file_object(release, f"{kind}/{table}.{kind}", kind)
            for kind in FORMATS
            for table in tables()
        ],
        "recordSet": [record_set(table) for table in tables().values()],
    }


def schema_org(release: About) -> dict[str, Any]:
    """The dataset in schema.org's words, to be put into a web page as it is."""
    described = dataset(release) | {
        "@context": "https://schema.org/",
        "@type": "Dataset",
        "alternateName": "预算",
        "description": f"{release.abstract} {about.ABSTRACT_ZH}",
        "version": release.version,
        "isAccessibleForFree": True,
        "citation": release.citation,
        "spatialCoverage": {"@type": "Country", "name": about.COUNTRY},
        "measurementTechnique": "Disclosed tables, checked by accounting identities",
        "variableMeasured": [
            {"@type": "PropertyValue", "name": c.name, "description": c.en, "unitCode": c.unit}
            for c in tables()["fact_amount"].columns
            if c.type == "money"
        ],
        "distribution": [
            {
                "@type": "DataDownload",
                "name": f"{table}.{kind}",
                "contentUrl": f"{kind}/{table}.{kind}",
                "encodingFormat": form,
                "sha256": release.hashes[f"{kind}/{table}.{kind}"],
            }
            for kind, form in FORMATS.items()
            for table in tables()
        ],
    }
    if release.period:
        described["temporalCoverage"] = release.period
    return {"@context": described.pop("@context"), **described}


def dataset(release: About) -> dict[str, Any]:
    """What both say of the dataset as a whole."""
    return {
        "@type": "sc:Dataset",
        "name": about.TITLE,
        "description": release.abstract,
        "license": about.LICENCE["path"],
        "creator": {"@type": "Organization", "name": about.CREATOR},
        "datePublished": release.day.isoformat(),
        "inLanguage": list(about.LANGUAGES),
        "keywords": list(about.KEYWORDS),
    }


def file_object(release: About, path: str, kind: str) -> dict[str, Any]:
    """One data file with its hash."""
    return {
        "@type": "cr:FileObject",
        "@id": path,
        "name": path,
        "contentUrl": path,
        "contentSize": f"{release.size(path)} B",
        "encodingFormat": FORMATS[kind],
        "sha256": release.hashes[path],
    }


def record_set(table: Table) -> dict[str, Any]:
    """One table, read from its Parquet file."""
    return {
        "@type": "cr:RecordSet",
        "@id": table.name,
        "name": table.name,
        "description": table.comment,
        "key": [{"@id": f"{table.name}/{key}"} for key in table.key],
        "field": [field(table, column) for column in table.columns],
    }


def field(table: Table, column: Column) -> dict[str, Any]:
    """One column."""
    return {
        "@type": "cr:Field",
        "@id": f"{table.name}/{column.name}",
        "name": column.name,
        "description": " | ".join(p for p in (column.zh, column.en, column.usage) if p),
        "dataType": DATA_TYPES[column.type],
        "source": {
            "fileObject": {"@id": f"parquet/{table.name}.parquet"},
            "extract": {"column": column.name},
        },
    }

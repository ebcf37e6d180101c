"""One reader a source: raw tables in, canonical tables out, nothing lost on the way.

A reader is a pure function of frames; files are read by Kedro's catalog or by
`artrec.data.sources.files`. `artrec.data.sources.registry.parse` calls the reader a
`SourceConfig` names.
"""

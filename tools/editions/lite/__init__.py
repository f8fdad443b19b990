"""The browser edition: the course in JupyterLite, which needs a server of files and nothing else. ``make lite``.

``build`` makes it, ``serve`` shows it as a host of static pages would, ``drive`` is a reader for tests and benchmarks.
"""

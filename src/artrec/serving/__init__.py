"""The service and the page: a published bundle over HTTP. Needs the extra `serve`."""

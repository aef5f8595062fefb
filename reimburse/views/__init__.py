"""Pages of documents. Views load what the viewer may see, call one service, and answer."""

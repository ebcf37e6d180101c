"""The page people open: plain HTML, CSS and modules, and what is rendered without JavaScript."""

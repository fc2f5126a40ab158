"""One module for each kind of fault that `make check` looks for."""

"""The provider plugin: the same `ReleaseProvider` as in a Python program, for programs in other languages."""

"""The small library that Polku's services share: pure kernel, runtime mechanisms, vocabulary."""

// Package testserver is a gqlgen server with all that makes counting hard: two of them, with and without a worker limit.
package testserver

//go:generate go run github.com/99designs/gqlgen@v0.17.98 generate
//go:generate go run github.com/99designs/gqlgen@v0.17.98 generate --config limited.yml

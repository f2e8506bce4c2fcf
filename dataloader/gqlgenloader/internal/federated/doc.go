// Package federated is a gqlgen server that is a subgraph of a federation.
package federated

package main

import (
	"context"
	"net/http"
	"time"

	"github.com/99designs/gqlgen/graphql/handler"
	"github.com/99designs/gqlgen/graphql/handler/extension"
	"github.com/99designs/gqlgen/graphql/handler/transport"

	"github.com/batchtick/batchtick/dataloader/gqlgenloader"
	"github.com/batchtick/batchtick/examples/gqlgen/graph"
	"github.com/batchtick/batchtick/examples/gqlgen/store"
	"github.com/batchtick/batchtick/scheduler"
)

// newServer makes a server as gqlgen's documentation does.
func newServer(s *store.Store) *handler.Server {
	srv := handler.New(graph.NewExecutableSchema(graph.Config{Resolvers: graph.Resolvers{Store: s}}))
	srv.AddTransport(transport.GET{})
	srv.AddTransport(transport.POST{})
	srv.Use(extension.Introspection{})
	return srv
}

// newTickingHandler has loaders whose batches go out when no resolver can add to them. Lockstep has the fast ones of a round
// wait for the slow ones, so that the same query makes the same statements.
func newTickingHandler(s *store.Store, ended func(context.Context, scheduler.Stats, error)) http.Handler {
	srv := newServer(s)
	srv.Use(&gqlgenloader.Extension{
		Loaders: newTicking(s),
		Options: []scheduler.Option{scheduler.WithPolicy(scheduler.Lockstep)},
		Ended:   ended,
	})
	return srv
}

// newTimedHandler has loaders whose batches go out after wait.
func newTimedHandler(s *store.Store, wait time.Duration) http.Handler {
	srv := newServer(s)
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		srv.ServeHTTP(w, r.WithContext(graph.WithReader(r.Context(), newTimed(s, wait))))
	})
}

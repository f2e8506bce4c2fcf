// Shutting down: requests in flight may finish, and those that do not in time are cancelled down to their batches.
package main

import (
	"context"
	"errors"
	"net"
	"net/http"
	"time"
)

var errShutdown = errors.New("the server shuts down")

// serve answers until ctx ends. Then it takes no new requests, gives those in flight the grace period, cancels
// what is left, and returns.
func serve(ctx context.Context, listener net.Listener, handler http.Handler, grace time.Duration) error {
	requests, cancelRequests := context.WithCancelCause(context.Background())
	defer cancelRequests(errShutdown)
	server := &http.Server{
		Handler:           handler,
		ReadHeaderTimeout: 5 * time.Second,
		ReadTimeout:       10 * time.Second,
		IdleTimeout:       time.Minute,
		BaseContext:       func(net.Listener) context.Context { return requests },
	}
	failed := make(chan error, 1)
	go func() { failed <- server.Serve(listener) }()

	select {
	case err := <-failed:
		return err
	case <-ctx.Done():
	}
	graceful, cancel := context.WithTimeout(context.Background(), grace)
	defer cancel()
	if err := server.Shutdown(graceful); err != nil {
		cancelRequests(errShutdown)
		server.Close()
	}
	<-failed // http.ErrServerClosed: Serve has returned
	return nil
}

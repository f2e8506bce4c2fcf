// Gqlgen serves the social graph of examples/graphql with gqlgen, and batches what each request asks of the database, without
// a wait window. Run it from the root of the repository with: go run -C examples/gqlgen .
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/signal"
	"syscall"
	"time"

	"github.com/batchtick/batchtick/examples/gqlgen/store"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	context.AfterFunc(ctx, stop) // a second Ctrl-C kills
	os.Exit(run(ctx, os.Args[1:], os.Stdout, os.Stderr))
}

// run returns the exit status: 1 if something went wrong, 2 for bad flags.
func run(ctx context.Context, args []string, stdout, stderr io.Writer) int {
	command := serveCommand
	if len(args) > 0 && args[0] == "measure" {
		command, args = measureCommand, args[1:]
	}
	err := command(ctx, args, stdout, stderr)
	switch {
	case errors.Is(err, flag.ErrHelp):
		return 0
	case errors.As(err, new(badFlags)):
		fmt.Fprintf(stderr, "gqlgen: %v (-h explains the flags)\n", err)
		return 2
	case err != nil:
		fmt.Fprintln(stderr, "gqlgen:", err)
		return 1
	}
	return 0
}

// badFlags is an error of whoever typed the command.
type badFlags struct{ error }

// parse prints the help on stdout if it is asked for.
func parse(flags *flag.FlagSet, args []string, stdout io.Writer) error {
	flags.SetOutput(io.Discard) // the one line on stderr is run's
	err := flags.Parse(args)
	switch {
	case errors.Is(err, flag.ErrHelp):
		fmt.Fprintln(stdout, "usage: go run -C examples/gqlgen . [measure] [flags]")
		flags.SetOutput(stdout)
		flags.PrintDefaults()
		return err
	case err != nil:
		return badFlags{err}
	case flags.NArg() > 0:
		return badFlags{fmt.Errorf("unexpected argument %q", flags.Arg(0))}
	}
	return nil
}

func serveCommand(ctx context.Context, args []string, stdout, _ io.Writer) error {
	flags := flag.NewFlagSet("gqlgen", flag.ContinueOnError)
	addr := flags.String("addr", "127.0.0.1:8080", "where to listen, as `HOST:PORT`; port 0 takes a free one")
	users := flags.Int("users", store.DefaultUsers, "how many users the graph has")
	wait := flags.Duration("wait", 0, "use graph-gophers/dataloader with this wait in place of batchtick")
	if err := parse(flags, args, stdout); err != nil {
		return err
	}
	s, err := store.Open(ctx, *users)
	if err != nil {
		return err
	}
	defer s.Close()
	var handler http.Handler
	if *wait > 0 {
		handler = newTimedHandler(s, *wait)
	} else {
		handler = newTickingHandler(s, nil)
	}
	listener, err := net.Listen("tcp", *addr)
	if err != nil {
		return fmt.Errorf("%w (choose another address with -addr)", err)
	}
	fmt.Fprintf(stdout, "%d users, listening on http://%s\n", *users, listener.Addr())
	server := &http.Server{Handler: handler, ReadHeaderTimeout: 5 * time.Second}
	failed := make(chan error, 1)
	go func() { failed <- server.Serve(listener) }()
	select {
	case err := <-failed:
		return err
	case <-ctx.Done():
	}
	graceful, cancel := context.WithTimeout(context.Background(), 5*time.Second)
	defer cancel()
	err = server.Shutdown(graceful)
	<-failed // http.ErrServerClosed: Serve has returned
	return err
}

// Graphql serves a social graph over GraphQL, and batches what each request asks of the database. Run it from the root of
// the repository with: go run -C examples/graphql .
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"net"
	"os"
	"os/signal"
	"syscall"
	"time"

	"github.com/batchtick/batchtick/examples/graphql/page"
)

const usage = `graphql serves a social graph over GraphQL, and batches what each request asks of the database.

usage: go run -C examples/graphql . [load|measure] [flags]

without a word it serves; load sends queries from many clients at once; measure writes the README's table.
Each has flags of its own: go run -C examples/graphql . load -h

`

const grace = 5 * time.Second

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	context.AfterFunc(ctx, stop) // a second Ctrl-C kills
	os.Exit(run(ctx, os.Args[1:], os.Stdout, os.Stderr))
}

// run returns the exit status: 1 if something went wrong, 2 for bad flags.
func run(ctx context.Context, args []string, stdout, stderr io.Writer) int {
	command := serveCommand
	if len(args) > 0 {
		switch args[0] {
		case "load":
			command, args = loadCommand, args[1:]
		case "measure":
			command, args = measureCommand, args[1:]
		}
	}
	err := command(ctx, args, stdout, stderr)
	var bad badFlags
	switch {
	case errors.Is(err, flag.ErrHelp):
		return 0
	case errors.As(err, &bad):
		fmt.Fprintf(stderr, "graphql: %v (-h explains the flags)\n", bad.error)
		return 2
	case err != nil:
		fmt.Fprintln(stderr, "graphql:", err)
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
		fmt.Fprint(stdout, usage)
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

func serveCommand(ctx context.Context, args []string, stdout, stderr io.Writer) error {
	flags := flag.NewFlagSet("graphql", flag.ContinueOnError)
	addr := flags.String("addr", "127.0.0.1:8080", "where to listen, as `HOST:PORT`; port 0 takes a free one")
	dsn := flags.String("dsn", "", "the database: postgres://…, or the `FILE` of an SQLite database; by default SQLite in memory")
	users := flags.Int("users", defaultUsers, "how many users the graph has; all else grows with them")
	timeout := flags.Duration("timeout", defaultDeadline, "how long a request may take before its queries are cancelled")
	naive := flags.Bool("naive", false, "answer without loaders, a statement for each row")
	plain := flags.Bool("plain", false, "do not ask ahead: thunks alone decide what shares a batch")
	eager := flags.Bool("eager", false, "let a tick end while batches are in flight")
	if err := parse(flags, args, stdout); err != nil {
		return err
	}
	s, err := open(ctx, *dsn, *users, progressOn(stderr))
	if err != nil {
		return err
	}
	defer s.Close()
	a, err := newAPI(s)
	if err != nil {
		return err
	}
	a.naive, a.plain, a.eager = *naive, *plain, *eager
	listener, err := net.Listen("tcp", *addr)
	if err != nil {
		return fmt.Errorf("%w (choose another address with -addr)", err)
	}
	fmt.Fprintf(stdout, "%d users in %s, listening on http://%s\n", *users, s.name, listener.Addr())
	if err := serve(ctx, listener, newHandler(a, *timeout, page.Handler()), grace); err != nil {
		return err
	}
	fmt.Fprintln(stdout, "bye")
	return nil
}

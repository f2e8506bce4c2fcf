// Http serves best friends over net/http: one scheduler for each request, loaders in the context, and work that
// stops when the client goes away. Run it with: go run ./examples/http
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"log"
	"net"
	"os"
	"os/signal"
	"syscall"
	"time"
)

const usage = `http serves best friends, and batches what each request loads.

usage: go run ./examples/http [-addr HOST:PORT] [-latency DURATION]

  -addr HOST:PORT
        where to listen; port 0 takes a free one (default %s)
        example: -addr 127.0.0.1:9000
  -latency DURATION
        how long the directory behind it takes for a request (default %v)
        example: -latency 10s, then press Ctrl-C in curl and watch the batch give up
`

const (
	defaultAddr    = "127.0.0.1:8080"
	defaultLatency = 50 * time.Millisecond
	grace          = 5 * time.Second
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	context.AfterFunc(ctx, stop) // a second Ctrl-C kills
	os.Exit(run(ctx, os.Args[1:], os.Stdout, os.Stderr))
}

// run serves until ctx ends. It returns the exit status: 1 if it cannot serve, 2 for bad flags.
func run(ctx context.Context, args []string, stdout, stderr io.Writer) int {
	addr, latency, err := parse(args)
	if errors.Is(err, flag.ErrHelp) {
		fmt.Fprintf(stdout, usage, defaultAddr, defaultLatency)
		return 0
	}
	if err != nil {
		fmt.Fprintf(stderr, "http: %v (-h explains the flags)\n", err)
		return 2
	}
	listener, err := net.Listen("tcp", addr)
	if err != nil {
		fmt.Fprintf(stderr, "http: %v (choose another address with -addr)\n", err)
		return 1
	}
	directory := Directory{Latency: latency, Log: log.New(stdout, "", log.Ltime)}
	fmt.Fprintf(stdout, "listening on http://%s, try:\n\n", listener.Addr())
	fmt.Fprintf(stdout, "    curl 'http://%s/best-friends?id=1&id=2'\n\n", listener.Addr())
	if err := serve(ctx, listener, newHandler(directory.Users), grace); err != nil {
		fmt.Fprintln(stderr, "http:", err)
		return 1
	}
	fmt.Fprintln(stdout, "bye")
	return 0
}

func parse(args []string) (addr string, latency time.Duration, err error) {
	flags := flag.NewFlagSet("http", flag.ContinueOnError)
	flags.SetOutput(io.Discard) // the one line on stderr is run's
	flags.StringVar(&addr, "addr", defaultAddr, "")
	latency = defaultLatency
	flags.Func("latency", "", func(s string) (err error) {
		if latency, err = time.ParseDuration(s); err != nil || latency < 0 {
			return errors.New("want a duration such as 10s, and none below 0")
		}
		return nil
	})
	if err := flags.Parse(args); err != nil {
		return "", 0, err
	}
	if flags.NArg() > 0 {
		return "", 0, fmt.Errorf("unexpected argument %q", flags.Arg(0))
	}
	return addr, latency, nil
}

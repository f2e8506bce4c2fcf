// The load command: many clients of both tenants at once, who look at every answer for rows that are not theirs.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"runtime"
	"slices"
	"strconv"
	"sync"
	"time"
)

// The most that may be asked for: this is for one's own machine.
const (
	maxClients  = 5_000
	maxDuration = 10 * time.Minute
)

// loadQuery asks for the viewer's part of the graph, and for two users of whom one belongs to the other tenant.
const loadQuery = `query ($a: ID!, $b: ID!) {
  me { id bestFriend { id friends(first: 5) { id bestFriend { id } } } }
  mine: user(id: $a) { id posts(first: 3) { author { id } comments { author { id } } } }
  theirs: user(id: $b) { id }
}`

func loadCommand(ctx context.Context, args []string, stdout, stderr io.Writer) error {
	flags := flag.NewFlagSet("load", flag.ContinueOnError)
	clients := flags.Int("clients", 1_000, fmt.Sprintf("how many clients there are at once, at most %d", maxClients))
	duration := flags.Duration("for", 30*time.Second, fmt.Sprintf("how long, at most %v", maxDuration))
	target := flags.String("url", "", "the `URL` of a server that is running, on a loopback address; by default it starts one")
	dsn := flags.String("dsn", "", "the database of the server that it starts, as for the server")
	users := flags.Int("users", defaultUsers, "how many users the graph has")
	if err := parse(flags, args, stdout); err != nil {
		return err
	}
	if *clients < 1 || *clients > maxClients || *duration <= 0 || *duration > maxDuration {
		return badFlags{fmt.Errorf("want 1 to %d clients, for up to %v", maxClients, maxDuration)}
	}
	l := load{clients: *clients, duration: *duration, users: *users, url: *target}
	if *target != "" {
		if err := loopback(*target); err != nil {
			return badFlags{err}
		}
		return l.report(ctx, stdout)
	}
	before := runtime.NumGoroutine()
	s, err := open(ctx, *dsn, *users, progressOn(stderr))
	if err != nil {
		return err
	}
	err = errors.Join(l.withServer(ctx, s, stdout), s.Close())
	left := settled(before)
	fmt.Fprintf(stdout, "%d goroutines left over\n", left)
	if left > 0 {
		err = errors.Join(err, fmt.Errorf("%d goroutines have leaked", left))
	}
	return err
}

// loopback accepts addresses of this machine alone.
func loopback(target string) error {
	u, err := url.Parse(target)
	if err != nil || u.Scheme != "http" {
		return fmt.Errorf("-url %q: want one such as http://127.0.0.1:8080", target)
	}
	if ip := net.ParseIP(u.Hostname()); ip == nil || !ip.IsLoopback() {
		return fmt.Errorf("-url %q: only a loopback address may be put under load, such as 127.0.0.1", target)
	}
	return nil
}

// load is one run of the command.
type load struct {
	clients  int
	duration time.Duration
	users    int
	url      string
}

// withServer runs against a server of its own.
func (l load) withServer(ctx context.Context, s *store, stdout io.Writer) error {
	a, err := newAPI(s)
	if err != nil {
		return err
	}
	before := s.statements.Load()
	err = serving(a, func(c client) error {
		l.url = c.url
		return l.report(ctx, stdout)
	})
	fmt.Fprintf(stdout, "%d statements of %s\n", s.statements.Load()-before, s.name)
	return err
}

// settled is how many goroutines there are over what there were, once the database is closed: before, pgx may have a
// reader on an idle connection. It gives them time to end, since pgx takes up to 15 seconds to close the connection of a
// statement that was cancelled.
func settled(before int) (left int) {
	for range 400 {
		if left = max(0, runtime.NumGoroutine()-before); left == 0 {
			return 0
		}
		time.Sleep(50 * time.Millisecond)
	}
	return left
}

// outcome is what the clients have seen.
type outcome struct {
	mu     sync.Mutex
	times  []time.Duration
	errs   []error // the first few
	failed int
}

func (l load) report(ctx context.Context, stdout io.Writer) error {
	fmt.Fprintf(stdout, "%d clients for %v on %s\n", l.clients, l.duration, l.url)
	o := l.run(ctx)
	if len(o.times) == 0 {
		return errors.Join(append(o.errs, errors.New("not one request was answered"))...)
	}
	slices.Sort(o.times)
	at := func(share float64) time.Duration {
		return o.times[int(share*float64(len(o.times)-1))].Round(100 * time.Microsecond)
	}
	fmt.Fprintf(stdout, "%d answers, %.0f a second; %d errors; median %v, 99 in 100 within %v, slowest %v\n",
		len(o.times), float64(len(o.times))/l.duration.Seconds(), o.failed, at(0.5), at(0.99), at(1))
	return errors.Join(o.errs...)
}

// run has each client ask, look at the answer, and ask again.
func (l load) run(ctx context.Context) *outcome {
	ctx, cancel := context.WithTimeout(ctx, l.duration)
	defer cancel()
	transport := &http.Transport{MaxIdleConnsPerHost: l.clients, MaxConnsPerHost: l.clients}
	defer transport.CloseIdleConnections()
	o := &outcome{}
	var wait sync.WaitGroup
	for n := range l.clients {
		wait.Go(func() {
			c := client{http: &http.Client{Transport: transport}, url: l.url}
			for round := 0; ctx.Err() == nil; round++ {
				began := time.Now()
				err := c.askAndCheck(ctx, n, n*7919+round, l.users)
				if ctx.Err() != nil {
					return // cut off by the end
				}
				o.add(time.Since(began), err)
			}
		})
	}
	wait.Wait()
	return o
}

func (o *outcome) add(took time.Duration, err error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	if err == nil {
		o.times = append(o.times, took)
		return
	}
	if o.failed++; len(o.errs) < 5 {
		o.errs = append(o.errs, err)
	}
}

// askAndCheck asks as the n-th client, for a user that some number chooses, and checks that all is there and nothing of
// the other tenant.
func (c client) askAndCheck(ctx context.Context, n, some, users int) error {
	tokens := [...]string{"acme-1", "globex-2", "acme-3", "globex-4"}
	c.token = tokens[n%len(tokens)]
	me := viewers[c.token]
	mine := 1 + some%(users-1)
	theirs := mine + 1
	if tenantOf(mine) != me.tenant {
		mine, theirs = theirs, mine
	}
	data, err := c.ask(ctx, loadQuery, map[string]any{"a": strconv.Itoa(mine), "b": strconv.Itoa(theirs)})
	if err != nil {
		return err
	}
	if data["theirs"] != nil {
		return fmt.Errorf("%s asked for user %d of another tenant, and got it", c.token, theirs)
	}
	ids := 0
	err = eachID(data, func(id int) error {
		ids++
		if tenantOf(id) != me.tenant {
			return fmt.Errorf("%s was shown user %d of another tenant", c.token, id)
		}
		return nil
	})
	if err == nil && ids < 15 { // me, my best friend, five friends of that one and theirs, the user, the authors
		err = fmt.Errorf("%s was shown %d users only", c.token, ids)
	}
	return err
}

// eachID calls f with every id in the data.
func eachID(v any, f func(int) error) error {
	switch v := v.(type) {
	case map[string]any:
		for key, member := range v {
			if key != "id" {
				if err := eachID(member, f); err != nil {
					return err
				}
				continue
			}
			id, err := strconv.Atoi(fmt.Sprint(member))
			if err != nil {
				return err
			}
			if err := f(id); err != nil {
				return err
			}
		}
	case []any:
		for _, member := range v {
			if err := eachID(member, f); err != nil {
				return err
			}
		}
	}
	return nil
}

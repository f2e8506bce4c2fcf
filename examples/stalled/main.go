// Stalled shows how to find out why a request does not end: once because nobody will ever settle what it waits for, and
// once because a query is slow. Run it with: go run ./examples/stalled
package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"time"

	"github.com/batchtick/batchtick/dataloader"
	"github.com/batchtick/batchtick/promise"
	"github.com/batchtick/batchtick/scheduler"
)

func main() {
	ctx := context.Background()
	fmt.Println("1. Who forgot to settle a promise?")
	forgotten(ctx, os.Stdout)
	fmt.Println("\n2. What is this request waiting for?")
	slow(ctx, os.Stdout, 150*time.Millisecond)
}

// forgotten has a bug: greet settles its promise for morning and evening, and forgets the afternoon. Nothing hangs: Run
// notices that nothing is left which could settle it, and its error has the line that waits.
func forgotten(ctx context.Context, out io.Writer) {
	loop := scheduler.New()
	promise.Async(loop, func(ctx context.Context) (string, error) {
		return greet(loop, "afternoon").Await(ctx)
	})
	err := loop.Run(ctx)
	var stalled *scheduler.StalledError
	if errors.As(err, &stalled) {
		fmt.Fprintln(out, "stalled, suspended in Await:", stalled.Where)
	}
}

func greet(loop *scheduler.Scheduler, when string) *promise.Promise[string] {
	p, r := promise.WithResolvers[string](loop)
	switch when {
	case "morning":
		r.Resolve("Good morning")
	case "evening":
		r.Resolve("Good evening")
	}
	return p
}

// slow waits for a query that takes its time. A watchdog posts a look at the loop; Post may be called from any goroutine,
// and what it runs may see everything.
func slow(ctx context.Context, out io.Writer, patience time.Duration) {
	loop := scheduler.New()
	found := make(chan struct{}) // closed when the watchdog has looked, so that the example always shows the same
	users := dataloader.New(loop, func(_ context.Context, ids []int) ([]string, error) {
		<-found
		return make([]string, len(ids)), nil
	}, dataloader.WithName("users"))
	promise.Async(loop, func(ctx context.Context) ([]string, error) {
		return users.LoadMany([]int{1, 2, 3}).Await(ctx)
	})

	watchdog := time.AfterFunc(patience, func() {
		loop.Post(func() {
			fmt.Fprintln(out, loop.Dump())
			close(found)
		})
	})
	defer watchdog.Stop()
	if err := loop.Run(ctx); err != nil {
		fmt.Fprintln(out, "stalled:", err)
	}
}

package scheduler_test

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/batchtick/batchtick/scheduler"
)

func Example() {
	s := scheduler.New()
	s.Enqueue(scheduler.JobFunc(func() {
		fmt.Println("first job")
		s.Enqueue(scheduler.JobFunc(func() { fmt.Println("third job, same tick") }))
	}))
	s.Enqueue(scheduler.JobFunc(func() { fmt.Println("second job") }))
	s.AtTickEnd(func() { fmt.Println("the queue is empty: the tick ends") })

	if err := s.Run(context.Background()); err != nil {
		fmt.Println(err)
	}
	// Output:
	// first job
	// second job
	// third job, same tick
	// the queue is empty: the tick ends
}

// A batching queue of one's own: the first item of a tick asks for the tick's end, where all that came
// together is handled at once.
func ExampleScheduler_AtTickEnd() {
	s := scheduler.New()
	var queue []string
	send := func(line string) {
		if len(queue) == 0 {
			s.AtTickEnd(func() {
				fmt.Printf("sent %d lines at once: %q\n", len(queue), queue)
				queue = nil
			})
		}
		queue = append(queue, line)
	}
	for _, name := range []string{"ann", "bob", "cyd"} {
		s.Enqueue(scheduler.JobFunc(func() { send("hello " + name) }))
	}
	if err := s.Run(context.Background()); err != nil {
		fmt.Println(err)
	}
	// Output: sent 3 lines at once: ["hello ann" "hello bob" "hello cyd"]
}

func ExampleScheduler_Go() {
	s := scheduler.New()
	total := 0
	for _, n := range []int{1, 2, 3} {
		s.Go(func(ctx context.Context) func() {
			square := n * n // in a goroutine of its own: slow work, network, disk
			return func() { total += square }
		})
	}
	err := s.Run(context.Background()) // waits for all three
	fmt.Println(total, err)
	// Output: 14 <nil>
}

func ExampleScheduler_AfterFunc() {
	s := scheduler.New()
	s.AfterFunc(2*time.Millisecond, func() { fmt.Println("later") })
	s.AfterFunc(time.Millisecond, func() { fmt.Println("soon") })
	never := s.AfterFunc(time.Hour, func() { fmt.Println("never") })
	fmt.Println("stopped:", never.Stop())
	fmt.Println(s.Run(context.Background()))
	// Output:
	// stopped: true
	// soon
	// later
	// <nil>
}

// Hold keeps Run alive for a result that comes from a goroutine which the scheduler did not start.
func ExampleScheduler_Hold() {
	s := scheduler.New()
	replies := make(chan string)
	release := s.Hold()
	go func() {
		reply := <-replies
		s.Post(func() { fmt.Println("on the loop:", reply) })
		release()
	}()
	go func() { replies <- "hello" }()
	fmt.Println(s.Run(context.Background()))
	// Output:
	// on the loop: hello
	// <nil>
}

func ExampleScheduler_RunUntil() {
	s := scheduler.New()
	ready := false
	s.Go(func(context.Context) func() { return func() { ready = true } })
	fmt.Println(s.RunUntil(context.Background(), func() bool { return ready }))

	// Nothing is left that could ever make this true, and RunUntil says so instead of hanging.
	err := s.RunUntil(context.Background(), func() bool { return false })
	fmt.Println(errors.Is(err, scheduler.ErrStalled))
	// Output:
	// <nil>
	// true
}

func ExampleNewContext() {
	ctx := scheduler.NewContext(context.Background(), scheduler.New())
	handler := func(ctx context.Context) {
		s, ok := scheduler.FromContext(ctx)
		if !ok {
			fmt.Println("no scheduler in this request")
			return
		}
		s.Enqueue(scheduler.JobFunc(func() { fmt.Println("a job of this request") }))
		fmt.Println(s.Run(ctx))
	}
	handler(ctx)
	handler(context.Background())
	// Output:
	// a job of this request
	// <nil>
	// no scheduler in this request
}

// Under Lockstep a tick waits for every operation, so that results of unequal speed meet in one batch.
func ExampleWithPolicy() {
	s := scheduler.New(scheduler.WithPolicy(scheduler.Lockstep))
	count := 0
	for _, latency := range []time.Duration{0, time.Millisecond} {
		s.Go(func(context.Context) func() {
			time.Sleep(latency)
			return func() { count++ }
		})
	}
	s.AtTickEnd(func() { fmt.Println("results at the tick's end:", count) })
	fmt.Println(s.Run(context.Background()))
	// Output:
	// results at the tick's end: 2
	// <nil>
}

func ExampleWithUnhandled() {
	s := scheduler.New(scheduler.WithUnhandled(func(err error) {
		var panicked *scheduler.PanicError
		if errors.As(err, &panicked) {
			fmt.Println("reported:", panicked.Value)
		}
	}))
	s.Post(func() { panic("a bug") })
	fmt.Println(s.Run(context.Background()))
	// Output:
	// reported: a bug
	// <nil>
}

func ExampleScheduler_Dump() {
	s := scheduler.New()
	s.Hold() // and nobody ever releases it
	s.AfterFunc(time.Millisecond, func() {
		fmt.Println(len(s.Dump().Holds), "hold keeps Run waiting")
	})

	ctx, cancel := context.WithTimeout(context.Background(), 20*time.Millisecond)
	defer cancel()
	fmt.Println(s.Run(ctx))
	// Output:
	// 1 hold keeps Run waiting
	// context deadline exceeded
}

// The tick waits for the funcs of a group: the hook runs when each of them has asked for what it wants, and not before. A
// func that wants an answer blocks in promise.Call, or in dataloader.Get, with the ctx that it is given.
func ExampleGroup() {
	s := scheduler.New()
	asked := 0
	s.AtTickEnd(func() { fmt.Println("asked:", asked) })
	g := scheduler.NewGroup(scheduler.NewContext(context.Background(), s))
	g.SetLimit(2)
	for range 10 {
		g.Go(func(ctx context.Context) error {
			s.Post(func() { asked++ })
			return ctx.Err()
		})
	}
	err := g.Wait()
	if err == nil {
		err = s.Run(context.Background())
	}
	fmt.Println(err)
	// Output:
	// asked: 10
	// <nil>
}

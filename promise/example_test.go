package promise_test

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"strconv"
	"time"

	"github.com/batchtick/batchtick/promise"
	"github.com/batchtick/batchtick/scheduler"
)

// show prints what p came to. Done is the end of a chain: nothing comes after it.
func show[T any](p *promise.Promise[T]) {
	p.Done(func(v T) { fmt.Println(v) }, func(err error) { fmt.Println("error:", err) })
}

func Example() {
	s := scheduler.New()
	user := promise.Go(s, func(context.Context) (string, error) { return "ann", nil }) // in a goroutine of its own
	greeting := promise.Map(user, func(name string) (string, error) { return "hello " + name, nil })
	show(greeting)

	fmt.Println("nothing has run yet:", greeting)
	if err := s.Run(context.Background()); err != nil {
		fmt.Println(err)
	}
	// Output:
	// nothing has run yet: <Promise pending>
	// hello ann
}

func ExampleThen() {
	s := scheduler.New()
	load := func(id int) *promise.Promise[string] {
		return promise.Go(s, func(context.Context) (string, error) { return fmt.Sprintf("user %d", id), nil })
	}
	id := promise.Resolve(s, 7)
	show(promise.Then(id, load)) // the next step returns a promise
	fmt.Println(s.Run(context.Background()))
	// Output:
	// user 7
	// <nil>
}

func ExampleMap() {
	s := scheduler.New()
	number := promise.Map(promise.Resolve(s, "12"), strconv.Atoi) // the next step returns a value
	show(promise.Map(number, func(n int) (int, error) { return n * 2, nil }))
	show(promise.Map(promise.Resolve(s, "twelve"), strconv.Atoi))
	fmt.Println(s.Run(context.Background()))
	// Output:
	// error: strconv.Atoi: parsing "twelve": invalid syntax
	// 24
	// <nil>
}

func ExampleHandle() {
	s := scheduler.New()
	report := func(v int, err error) *promise.Promise[string] {
		if err != nil {
			return promise.Resolve(s, "failed: "+err.Error())
		}
		return promise.Resolve(s, fmt.Sprint("got ", v))
	}
	show(promise.Handle(promise.Resolve(s, 1), report))
	show(promise.Handle(promise.Reject[int](s, errors.New("boom")), report))
	fmt.Println(s.Run(context.Background()))
	// Output:
	// got 1
	// failed: boom
	// <nil>
}

func ExamplePromise_Catch() {
	s := scheduler.New()
	cache := promise.Reject[string](s, errors.New("not in the cache"))
	database := func(error) *promise.Promise[string] { return promise.Resolve(s, "from the database") }
	show(cache.Catch(database))
	fmt.Println(s.Run(context.Background()))
	// Output:
	// from the database
	// <nil>
}

func ExamplePromise_Recover() {
	s := scheduler.New()
	count := promise.Reject[int](s, errors.New("no counter"))
	show(count.Recover(func(error) (int, error) { return 0, nil }))
	fmt.Println(s.Run(context.Background()))
	// Output:
	// 0
	// <nil>
}

func ExampleCatchAs() {
	s := scheduler.New()
	missing := promise.Reject[string](s, fmt.Errorf("load: %w", &fs.PathError{Op: "open", Path: "a.txt", Err: fs.ErrNotExist}))
	show(promise.CatchAs(missing, func(err *fs.PathError) *promise.Promise[string] {
		return promise.Resolve(s, "no file "+err.Path)
	}))
	other := promise.Reject[string](s, errors.New("boom"))
	show(promise.CatchAs(other, func(err *fs.PathError) *promise.Promise[string] {
		return promise.Resolve(s, "not called for an error of another type")
	}))
	fmt.Println(s.Run(context.Background()))
	// Output:
	// no file a.txt
	// error: boom
	// <nil>
}

func ExamplePromise_Finally() {
	s := scheduler.New()
	show(promise.Resolve(s, "value").Finally(func() { fmt.Println("closed") }))
	show(promise.Reject[string](s, errors.New("boom")).Finally(func() { fmt.Println("closed") }))
	fmt.Println(s.Run(context.Background()))
	// Output:
	// closed
	// closed
	// value
	// error: boom
	// <nil>
}

// Tap looks at a value and hands it on.
func ExamplePromise_Tap() {
	s := scheduler.New()
	p := promise.Resolve(s, 20).Tap(func(n int) { fmt.Println("saw", n) })
	show(promise.Map(p, func(n int) (int, error) { return n + 1, nil }))
	_ = s.Run(context.Background())
	// Output:
	// saw 20
	// 21
}

// Done ends a chain. Without an onError, what went wrong is in Run's error.
func ExamplePromise_Done() {
	s := scheduler.New()
	promise.Resolve(s, "fine").Done(func(v string) { fmt.Println(v) }, nil)
	promise.Reject[string](s, errors.New("lost?")).Done(func(v string) { fmt.Println(v) }, nil)
	var unhandled *scheduler.UnhandledError
	if errors.As(s.Run(context.Background()), &unhandled) {
		fmt.Println("unhandled:", unhandled.Errors)
	}
	// Output:
	// fine
	// unhandled: [lost?]
}

func ExamplePromise_Await() {
	s := scheduler.New()
	answer := promise.Go(s, func(context.Context) (int, error) { return 42, nil })
	v, err := answer.Await(context.Background()) // outside of a callback it runs the loop until then
	fmt.Println(v, err)

	never, _ := promise.WithResolvers[int](s)
	_, err = never.Await(context.Background())
	fmt.Println(errors.Is(err, scheduler.ErrStalled))
	// Output:
	// 42 <nil>
	// true
}

// Async functions are written straight on. Await suspends only the function that calls it.
func ExampleAsync() {
	s := scheduler.New()
	load := func(key string) *promise.Promise[string] {
		return promise.Go(s, func(context.Context) (string, error) { return "<" + key + ">", nil })
	}
	for _, name := range []string{"ann", "bob"} {
		page := promise.Async(s, func(ctx context.Context) (string, error) {
			user, err := load(name).Await(ctx)
			if err != nil {
				return "", err
			}
			return load(user).Await(ctx)
		})
		page.Done(func(string) {}, func(err error) { fmt.Println(err) })
		defer func() { fmt.Println(page) }()
	}
	fmt.Println(s.Run(context.Background()))
	// Output:
	// <nil>
	// <Promise fulfilled with <<bob>>>
	// <Promise fulfilled with <<ann>>>
}

func ExampleGo() {
	s := scheduler.New()
	p := promise.Go(s, func(ctx context.Context) (string, error) {
		return "from another goroutine", ctx.Err()
	})
	show(p) // its callbacks run on the loop, like all others
	fmt.Println(s.Run(context.Background()))
	// Output:
	// from another goroutine
	// <nil>
}

func ExamplePromise_Timeout() {
	s := scheduler.New()
	never, _ := promise.WithResolvers[string](s)
	limited := never.Timeout(time.Millisecond)
	limited.Done(nil, func(err error) { fmt.Println(errors.Is(err, promise.ErrTimeout)) })
	fmt.Println(s.Run(context.Background()))
	// Output:
	// true
	// <nil>
}

// A handler that answers as soon as it has what it needs defers Close, which ends the rest.
func ExamplePromise_Await_close() {
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel() // last: it ends the goroutines of what Close has abandoned
	s := scheduler.New()
	defer func() { fmt.Println("left over:", s.Close()) }()
	slow := promise.Go(s, func(ctx context.Context) (string, error) {
		<-ctx.Done()
		return "", ctx.Err()
	})
	slow.Done(nil, func(err error) { fmt.Println("slow:", errors.Is(err, scheduler.ErrClosed)) })
	fast := promise.Resolve(s, "fast")
	fmt.Println(promise.Race(s, fast, slow).Await(ctx))
	// Output:
	// fast <nil>
	// slow: true
	// left over: <nil>
}

// A goroutine of one's own asks for a promise of the loop, and blocks until it is settled.
func ExampleCall() {
	s := scheduler.New()
	g := scheduler.NewGroup(scheduler.NewContext(context.Background(), s))
	g.Go(func(ctx context.Context) error {
		tea, err := promise.Call(ctx, func() *promise.Promise[string] {
			return promise.Delay(s, time.Millisecond, "tea")
		})
		fmt.Println(tea, err)
		return err
	})
	fmt.Println(g.Wait())
	// Output:
	// tea <nil>
	// <nil>
}

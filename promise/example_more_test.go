package promise_test

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"time"

	"github.com/batchtick/batchtick/promise"
	"github.com/batchtick/batchtick/scheduler"
)

// What returns an error, or panics, as the beginning of a chain.
func ExampleTry() {
	s := scheduler.New()
	for _, text := range []string{"42", "forty-two"} {
		show(promise.Try(s, func() (int, error) { return strconv.Atoi(text) }))
	}
	_ = s.Run(context.Background())
	// Output:
	// 42
	// error: strconv.Atoi: parsing "forty-two": invalid syntax
}

func ExampleReject() {
	s := scheduler.New()
	p := promise.Reject[int](s, errors.New("no such user"))
	show(p.Catch(func(error) *promise.Promise[int] { return promise.Resolve(s, 0) }))
	_ = s.Run(context.Background())
	// Output: 0
}

func ExampleDelay() {
	s := scheduler.New()
	show(promise.Delay(s, 2*time.Millisecond, "later"))
	show(promise.Delay(s, time.Millisecond, "sooner"))
	_ = s.Run(context.Background())
	// Output:
	// sooner
	// later
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

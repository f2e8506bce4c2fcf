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

func ExampleNew() {
	s := scheduler.New()
	p := promise.New(s, func(resolve func(int), reject func(error)) {
		s.AfterFunc(time.Millisecond, func() { resolve(42) })
	})
	show(p)
	fmt.Println(s.Run(context.Background()))
	// Output:
	// 42
	// <nil>
}

func ExampleWithResolvers() {
	s := scheduler.New()
	p, r := promise.WithResolvers[string](s)
	show(p)
	r.Resolve("the first call wins")
	r.Reject(errors.New("and this one does nothing"))
	fmt.Println(s.Run(context.Background()))
	// Output:
	// the first call wins
	// <nil>
}

func ExampleResolve() {
	s := scheduler.New()
	fmt.Println(promise.Resolve(s, 4))
	fmt.Println(promise.Reject[int](s, errors.New("boom")))
	fmt.Println(s.Run(context.Background()) != nil) // nobody handled the rejection, so Run tells of it
	// Output:
	// <Promise fulfilled with 4>
	// <Promise rejected with boom>
	// true
}

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

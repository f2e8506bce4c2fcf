package promise_test

import (
	"context"
	"errors"
	"fmt"

	"github.com/batchtick/batchtick/promise"
	"github.com/batchtick/batchtick/scheduler"
)

func ExampleAll() {
	s := scheduler.New()
	show(promise.All(s, promise.Resolve(s, 1), promise.Resolve(s, 2)))
	show(promise.All(s, promise.Resolve(s, 1), promise.Reject[int](s, errors.New("boom"))))
	fmt.Println(s.Run(context.Background()))
	// Output:
	// [1 2]
	// error: boom
	// <nil>
}

func ExampleAllSettled() {
	s := scheduler.New()
	results := promise.AllSettled(s, promise.Resolve(s, 1), promise.Reject[int](s, errors.New("boom")))
	results.Done(func(results []promise.Result[int]) {
		for i, r := range results {
			fmt.Println(i, r.Value, r.Err)
		}
	}, nil)
	fmt.Println(s.Run(context.Background()))
	// Output:
	// 0 1 <nil>
	// 1 0 boom
	// <nil>
}

func ExampleAny() {
	s := scheduler.New()
	broken := promise.Reject[string](s, errors.New("mirror 1 is down"))
	show(promise.Any(s, broken, promise.Resolve(s, "mirror 2")))
	promise.Any(s, broken, broken).Done(nil, func(err error) {
		var all *promise.AggregateError
		fmt.Println(errors.As(err, &all), len(all.Errors))
	})
	fmt.Println(s.Run(context.Background()))
	// Output:
	// mirror 2
	// true 2
	// <nil>
}

func ExampleRace() {
	s := scheduler.New()
	slow, _ := promise.WithResolvers[string](s)
	show(promise.Race(s, slow, promise.Resolve(s, "quick")))
	fmt.Println(s.Run(context.Background()))
	// Output:
	// quick
	// <nil>
}

func ExampleAllMap() {
	s := scheduler.New()
	show(promise.AllMap(s, map[string]*promise.Promise[int]{
		"width":  promise.Resolve(s, 4),
		"height": promise.Resolve(s, 3),
	}))
	fmt.Println(s.Run(context.Background()))
	// Output:
	// map[height:3 width:4]
	// <nil>
}

func ExampleJoin2() {
	s := scheduler.New()
	name, age := promise.Resolve(s, "ann"), promise.Resolve(s, 42)
	show(promise.Join2(s, name, age, func(name string, age int) (string, error) {
		return fmt.Sprintf("%s is %d", name, age), nil
	}))
	fmt.Println(s.Run(context.Background()))
	// Output:
	// ann is 42
	// <nil>
}

func ExampleMapAll() {
	s := scheduler.New()
	const atOnce = 2
	show(promise.MapAll(s, []int{1, 2, 3, 4}, atOnce, func(n int) *promise.Promise[int] {
		return promise.Go(s, func(context.Context) (int, error) { return n * n, nil })
	}))
	fmt.Println(s.Run(context.Background()))
	// Output:
	// [1 4 9 16]
	// <nil>
}

func ExampleReduce() {
	s := scheduler.New()
	show(promise.Reduce(s, []string{"a", "b", "c"}, "", func(path, name string) *promise.Promise[string] {
		return promise.Resolve(s, path+"/"+name)
	}))
	fmt.Println(s.Run(context.Background()))
	// Output:
	// /a/b/c
	// <nil>
}

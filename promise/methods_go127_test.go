//go:build go1.27

package promise_test

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/batchtick/batchtick/promise"
	"github.com/batchtick/batchtick/scheduler"
)

type account struct {
	id     int
	name   string
	friend int
}

func TestMethodsChangeTheTypeAlongAChain(t *testing.T) {
	s := scheduler.New()
	load := func(id int) *promise.Promise[account] {
		return promise.Go(s, func(context.Context) (account, error) {
			if id > 9 {
				return account{}, fmt.Errorf("no account %d", id)
			}
			return account{id, fmt.Sprint("user ", id), id + 1}, nil
		})
	}
	friend := func(a account) *promise.Promise[account] { return load(a.friend) }
	name := func(a account) (string, error) { return a.name, nil }
	length := func(name string) (int, error) { return len(name), nil }

	// account -> account -> string -> int -> []byte, each step inferred
	chain := load(1).Then(friend).Map(name).Map(length).Then(func(n int) *promise.Promise[[]byte] {
		return promise.Resolve(s, strconv.AppendInt(nil, int64(n), 10))
	})
	handled := load(9).Then(friend).Map(name).Handle(func(name string, err error) *promise.Promise[error] {
		require.Empty(t, name)
		return promise.Resolve(s, err)
	})
	run(t, s)
	requireValue(t, []byte("6"), chain)
	requireValue(t, errors.New("no account 10"), handled)
}

func TestMethodsDoWhatTheFunctionsDo(t *testing.T) {
	s := scheduler.New()
	one, failed := promise.Resolve(s, 1), promise.Reject[int](s, errBoom)
	text := func(v int) (string, error) { return fmt.Sprint(v), nil }
	later := func(v int) *promise.Promise[string] { return promise.Resolve(s, fmt.Sprint("later ", v)) }
	both := func(v int, err error) *promise.Promise[string] { return promise.Resolve(s, fmt.Sprint(v, " ", err)) }
	pairs := map[string][2]*promise.Promise[string]{
		"Map":                {one.Map(text), promise.Map(one, text)},
		"Map of an error":    {failed.Map(text), promise.Map(failed, text)},
		"Then":               {one.Then(later), promise.Then(one, later)},
		"Then of an error":   {failed.Then(later), promise.Then(failed, later)},
		"Handle":             {one.Handle(both), promise.Handle(one, both)},
		"Handle of an error": {failed.Handle(both), promise.Handle(failed, both)},
		"Map of nil":         {one.Map[string](nil), promise.Map[int, string](one, nil)},
	}
	_ = s.Run(t.Context())
	for name, pair := range pairs {
		require.NotEqual(t, promise.Pending, pair[0].State(), name)
		require.Equal(t, pair[1].String(), pair[0].String(), name)
	}
}

func ExamplePromise_Then() {
	s := scheduler.New()
	load := func(id int) *promise.Promise[account] {
		return promise.Resolve(s, account{id, fmt.Sprint("user ", id), id + 1})
	}
	show(load(1).
		Then(func(a account) *promise.Promise[account] { return load(a.friend) }).
		Map(func(a account) (string, error) { return a.name, nil }))
	fmt.Println(s.Run(context.Background()))
	// Output:
	// user 2
	// <nil>
}

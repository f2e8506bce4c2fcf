package trace_test

import (
	"context"
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/batchtick/batchtick/dataloader"
	"github.com/batchtick/batchtick/dataloader/trace"
	"github.com/batchtick/batchtick/promise"
)

// Each fault is recorded twice: as it is made, and mended. Only the first gives advice, and that alone.
func TestAdvice(t *testing.T) {
	type load = func(int) *promise.Promise[int]
	then := func(p *promise.Promise[int], f load) *promise.Promise[int] { return p.Then(f) }
	for _, row := range []struct {
		name   string
		record func(*request)
		want   []trace.Advice
	}{
		{"one await after the other", func(r *request) {
			users := r.loader("users", 0)
			for i := range 3 {
				_, err := users.Load(i).Await(r.t.Context())
				require.NoError(r.t, err)
			}
		}, []trace.Advice{{trace.Singles, []string{"users"}, "users: each of its 3 batches had one key: " +
			"ask for all keys before you wait for the first, with LoadMany, promise.MapAll or promise.All"}}},
		{"a loop of awaits in an async function", func(r *request) {
			users := r.loader("users", 0)
			promise.Async(r.loop, func(ctx context.Context) (int, error) {
				for i := range 3 {
					if _, err := users.Load(i).Await(ctx); err != nil {
						return 0, err
					}
				}
				return 0, nil
			})
		}, []trace.Advice{{trace.Singles, []string{"users"}, "users: each of its 3 batches had one key: " +
			"ask for all keys before you wait for the first, with LoadMany, promise.MapAll or promise.All"}}},
		{"all at once", func(r *request) { r.loader("users", 0).LoadMany([]int{1, 2, 3}) }, nil},
		{"a friend of a friend", func(r *request) {
			users := r.loader("users", 0)
			then(users.Load(1), func(int) *promise.Promise[int] { return users.Load(2) })
		}, nil},
		{"batches of one that are asked for", func(r *request) {
			users := r.loader("users", 0, dataloader.WithoutBatching())
			for i := range 3 {
				_, err := users.Load(i).Await(r.t.Context())
				require.NoError(r.t, err)
			}
		}, nil},
		{"one batch of one", func(r *request) { r.loader("users", 0).Load(1) }, nil},

		{"the same keys", func(r *request) {
			users, faces := r.loader("users", 0), r.loader("faces", 0)
			for _, round := range [][]int{{1, 2}, {3, 4, 5}} {
				users.LoadMany(round)
				faces.LoadMany([]int{round[1], round[0]})
				if len(round) > 2 {
					faces.Load(round[2])
				}
				r.run()
			}
		}, []trace.Advice{{trace.SameKeys, []string{"users", "faces"},
			"users and faces were asked for the same 5 keys in 2 rounds: one query may serve both"}}},
		{"one key each", func(r *request) {
			r.loader("users", 0).Load(1)
			r.loader("faces", 0).Load(1)
		}, nil},
		{"the same keys, and then more", func(r *request) {
			users, faces := r.loader("users", 0), r.loader("faces", 0)
			users.LoadMany([]int{1, 2, 3})
			faces.LoadMany([]int{1, 2, 3})
			r.run()
			faces.LoadMany([]int{4, 5})
		}, nil},
		{"other keys", func(r *request) {
			users, faces := r.loader("users", 0), r.loader("faces", 0)
			users.LoadMany([]int{1, 2, 3})
			faces.LoadMany([]int{1, 2})
		}, nil},
		{"the same keys in other rounds", func(r *request) {
			users, faces := r.loader("users", 0), r.loader("faces", 0)
			users.LoadMany([]int{1, 2, 3})
			r.run()
			faces.LoadMany([]int{1, 2, 3})
		}, nil},
		{"the same keys of another type", func(r *request) {
			r.loader("users", 0).LoadMany([]int{1, 2, 3})
			dataloader.New(r.loop, echo[int64](0), dataloader.WithName("faces")).LoadMany([]int64{1, 2, 3})
		}, nil},

		{"a chain that could have been a join", func(r *request) {
			users, posts := r.loader("users", 0), r.loader("posts", 0)
			for _, id := range []int{1, 2, 3} {
				then(users.Load(id), func(int) *promise.Promise[int] { return posts.Load(id) })
			}
		}, []trace.Advice{{trace.Chain, []string{"users", "posts"}, "posts waited for users in 1 batch, and was then asked for " +
			"keys that users had been asked for: if those keys are not in its results, load from both at once and join them, " +
			"with promise.Join2"}}},
		{"a chain", func(r *request) {
			users, posts := r.loader("users", 0), r.loader("posts", 0)
			for _, id := range []int{1, 2, 3} {
				then(users.Load(id), func(u int) *promise.Promise[int] { return posts.Load(u + 1) })
			}
		}, nil},

		{"a chain from two sides", func(r *request) {
			users, groups, posts := r.loader("users", 0), r.loader("groups", 0), r.loader("posts", 0)
			users.LoadMany([]int{1, 2})
			then(users.Load(1), func(int) *promise.Promise[int] { return posts.Load(1) })
			then(groups.Load(7), func(int) *promise.Promise[int] { return posts.Load(2) })
		}, nil},

		{"a maximum", func(r *request) {
			users := r.loader("users", 0, dataloader.WithMaxBatchSize(2))
			users.LoadMany([]int{1, 2, 3, 4, 5})
			r.run()
			users.LoadMany([]int{6, 7})
			r.run()
			users.LoadMany([]int{8, 9, 10})
		}, []trace.Advice{{trace.Split, []string{"users"}, "users: WithMaxBatchSize(2) cut the 8 keys of 2 rounds into 5 batches: " +
			"raise it if the source can take more"}}},
		{"a maximum that is enough", func(r *request) {
			r.loader("users", 0, dataloader.WithMaxBatchSize(3)).LoadMany([]int{1, 2, 3})
		}, nil},

		{"made twice", func(r *request) {
			for i := range 3 {
				r.loader("users", 0).Load(i)
			}
		}, []trace.Advice{{trace.MadeTwice, []string{"users"}, "users was made 3 times in one request, and each has a queue and " +
			"a cache of its own: make it once, with the scheduler"}}},
		{"made twice, without a name", func(r *request) {
			for i := range 2 {
				dataloader.New(r.loop, echo[int](0)).LoadMany([]int{i, 10})
			}
		}, []trace.Advice{{trace.MadeTwice, []string{"loader of int"}, "loader of int was made 2 times in one request, and each has " +
			"a queue and a cache of its own: make it once, with the scheduler; if these are different loaders, tell them apart with " +
			"WithName"}}},
		{"made twice, for the same keys", func(r *request) {
			r.loader("users", 0).LoadMany([]int{1, 2})
			then(r.loader("users", 0).Load(1), func(int) *promise.Promise[int] { return r.loader("users", 0).Load(1) })
		}, []trace.Advice{{trace.MadeTwice, []string{"users"}, "users was made 3 times in one request, and each has a queue and " +
			"a cache of its own: make it once, with the scheduler"}}},
		{"made once each", func(r *request) {
			r.loader("users", 0).Load(1)
			r.loader("posts", 0).Load(2)
			dataloader.New(r.loop, echo[int](0)).Load(3)
			dataloader.New(r.loop, echo[string](0)).Load("4")
		}, nil},

		{"an await in a callback", func(r *request) {
			users, posts := r.loader("users", 0), r.loader("posts", 0)
			users.LoadMany([]int{1, 2}).Tap(func([]int) {
				v, err := posts.LoadMany([]int{7, 8}).Await(r.t.Context())
				require.NoError(r.t, err)
				_, err = posts.LoadMany([]int{v[0] + 2, v[1] + 2}).Await(r.t.Context())
				require.NoError(r.t, err)
			})
		}, []trace.Advice{{trace.Nested, nil, "2 Awaits in a callback drove the loop through 2 rounds: " +
			"return a promise with Then in its place, or wait in a promise.Async"}}},
		{"an await in a callback in a callback", func(r *request) {
			users, posts := r.loader("users", 0), r.loader("posts", 0)
			users.LoadMany([]int{1, 2}).Tap(func([]int) {
				_, err := posts.LoadMany([]int{7, 8}).Tap(func([]int) {
					_, err := users.LoadMany([]int{9, 10}).Await(r.t.Context())
					require.NoError(r.t, err)
				}).Await(r.t.Context())
				require.NoError(r.t, err)
			})
		}, []trace.Advice{{trace.Nested, nil, "1 Await in a callback drove the loop through 2 rounds: " +
			"return a promise with Then in its place, or wait in a promise.Async"}}},
		{"an await in a callback for what is there", func(r *request) {
			users := r.loader("users", 0)
			users.LoadMany([]int{1, 2}).Tap(func([]int) {
				_, err := users.Load(1).Await(r.t.Context())
				require.NoError(r.t, err)
				_, err = promise.Delay(r.loop, 1, 0).Await(r.t.Context())
				require.NoError(r.t, err)
			})
		}, nil},
		{"an await in an async function", func(r *request) {
			users, posts := r.loader("users", 0), r.loader("posts", 0)
			promise.Async(r.loop, func(ctx context.Context) (int, error) {
				if _, err := users.LoadMany([]int{1, 2}).Await(ctx); err != nil {
					return 0, err
				}
				return posts.Load(3).Await(ctx)
			})
		}, nil},
		{"nothing", func(*request) {}, nil},
	} {
		t.Run(row.name, func(t *testing.T) {
			bubble(t, func(t *testing.T) {
				r := newRequest(t)
				row.record(r)
				r.run()
				require.Equal(t, row.want, r.rec.Summary().Advice)
			})
		})
	}
}

func TestAdviceOnKeysThatCanNotBeCompared(t *testing.T) {
	r := newRequest(t)
	for _, name := range []string{"users", "faces"} {
		l := dataloader.NewKeyed(r.loop, echo[[]int](0), func(k []int) string { return fmt.Sprint(k) }, dataloader.WithName(name))
		l.LoadMany([][]int{{1}, {2, 3}})
	}
	r.run()
	require.Len(t, r.rec.Summary().Advice, 1)
	require.Equal(t, trace.SameKeys, r.rec.Summary().Advice[0].Fault)
}

func TestAdviceNamesALoaderLegibly(t *testing.T) {
	r := newRequest(t)
	r.loader("\x1b[2Jusers", 0, dataloader.WithMaxBatchSize(1)).LoadMany([]int{1, 2})
	r.run()
	require.NotContains(t, r.rec.Summary().String(), "\x1b")
}

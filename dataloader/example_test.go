package dataloader_test

import (
	"context"
	"errors"
	"fmt"

	"github.com/batchtick/batchtick/dataloader"
	"github.com/batchtick/batchtick/promise"
	"github.com/batchtick/batchtick/scheduler"
)

type user struct {
	ID         int
	Name       string
	BestFriend int
}

var table = map[int]user{
	1: {1, "Ada", 3},
	2: {2, "Bob", 4},
	3: {3, "Cyd", 1},
	4: {4, "Dan", 2},
}

// fetchUsers stands for SELECT … WHERE id IN (…): one query, whatever the number of keys.
func fetchUsers(_ context.Context, ids []int) ([]user, error) {
	fmt.Println("fetch", ids)
	users := make([]user, len(ids))
	for i, id := range ids {
		users[i] = table[id]
	}
	return users, nil
}

func ExampleNew() {
	loop := scheduler.New()
	users := dataloader.New(loop, fetchUsers, dataloader.WithName("users"))

	ada := users.Load(1)
	bob := users.Load(2)
	if err := loop.Run(context.Background()); err != nil {
		fmt.Println(err)
	}

	fmt.Println(ada)
	fmt.Println(bob)
	// Output:
	// fetch [1 2]
	// <Promise fulfilled with {1 Ada 3}>
	// <Promise fulfilled with {2 Bob 4}>
}

// Two users, and the best friend of each: four loads, two batches. The second waits for no timer; it goes out when
// the callbacks of the first have run.
func ExampleLoader_Load() {
	loop := scheduler.New()
	users := dataloader.New(loop, fetchUsers)
	bestFriend := func(u user) *promise.Promise[user] { return users.Load(u.BestFriend) }
	show := func(u user) { fmt.Println(u.Name) }

	users.Load(1).Then(bestFriend).Tap(show)
	users.Load(2).Then(bestFriend).Tap(show)
	if err := loop.Run(context.Background()); err != nil {
		fmt.Println(err)
	}
	// Output:
	// fetch [1 2]
	// fetch [3 4]
	// Cyd
	// Dan
}

// A second load of a key is served from the cache, with the same promise.
func ExampleLoader_Load_cached() {
	loop := scheduler.New()
	users := dataloader.New(loop, fetchUsers)

	first := users.Load(1)
	if err := loop.Run(context.Background()); err != nil {
		fmt.Println(err)
	}

	fmt.Println(users.Load(1) == first)
	// Output:
	// fetch [1]
	// true
}

func ExampleLoader_LoadMany() {
	ctx := context.Background()
	loop := scheduler.New()
	users := dataloader.New(loop, fetchUsers)

	list, err := users.LoadMany([]int{2, 1, 2}).Await(ctx)

	fmt.Println(list, err)
	// Output:
	// fetch [2 1]
	// [{2 Bob 4} {1 Ada 3} {2 Bob 4}] <nil>
}

func ExampleLoader_LoadSettled() {
	ctx := context.Background()
	loop := scheduler.New()
	users := dataloader.NewMapped(loop, func(_ context.Context, ids []int) (map[int]user, error) {
		return table, nil
	})

	results, _ := users.LoadSettled([]int{1, 99}).Await(ctx)

	for _, r := range results {
		if errors.Is(r.Err, dataloader.ErrNotFound) {
			fmt.Println("no such user")
			continue
		}
		fmt.Println(r.Value.Name)
	}
	// Output:
	// Ada
	// no such user
}

func ExampleLoader_LoadMap() {
	ctx := context.Background()
	loop := scheduler.New()
	users := dataloader.New(loop, fetchUsers)

	byID, err := users.LoadMap([]int{1, 4}).Await(ctx)

	fmt.Println(byID[1].Name, byID[4].Name, err)
	// Output:
	// fetch [1 4]
	// Ada Dan <nil>
}

// A database answers in its own order and leaves out what it does not have. NewMapped takes the rows by key.
func ExampleNewMapped() {
	ctx := context.Background()
	loop := scheduler.New()
	users := dataloader.NewMapped(loop, func(_ context.Context, ids []int) (map[int]user, error) {
		found := map[int]user{}
		for _, id := range ids {
			if u, ok := table[id]; ok {
				found[id] = u
			}
		}
		return found, nil
	})

	ada := users.Load(1)
	nobody := users.Load(99)

	u, err := ada.Await(ctx)
	fmt.Println(u.Name, err)
	_, err = nobody.Await(ctx)
	fmt.Println(errors.Is(err, dataloader.ErrNotFound))
	// Output:
	// Ada <nil>
	// true
}

// NewPromised is for a batch function that loads from other loaders. It runs on the loop and returns a promise: here
// names, made from users that another loader fetches and caches.
func ExampleNewPromised() {
	ctx := context.Background()
	loop := scheduler.New()
	users := dataloader.New(loop, fetchUsers)
	names := dataloader.NewPromised(loop, func(_ context.Context, ids []int) *promise.Promise[[]promise.Result[string]] {
		return promise.Then(users.LoadMany(ids), func(list []user) *promise.Promise[[]promise.Result[string]] {
			names := make([]string, len(list))
			for i, u := range list {
				names[i] = u.Name
			}
			return dataloader.Values(loop, names)
		})
	})

	list, err := names.LoadMany([]int{3, 4}).Await(ctx)

	fmt.Println(list, err)
	// Output:
	// fetch [3 4]
	// [Cyd Dan] <nil>
}

// The key of a query is a struct with a slice in it, which no map takes. The key function makes it comparable.
func ExampleNewKeyed() {
	type query struct {
		Team string
		Tags []string
	}
	ctx := context.Background()
	loop := scheduler.New()
	counts := dataloader.NewKeyed(loop, func(_ context.Context, queries []query) ([]int, error) {
		fmt.Println("fetch", queries)
		return make([]int, len(queries)), nil
	}, func(q query) string { return fmt.Sprintf("%q", append([]string{q.Team}, q.Tags...)) })

	_, err := counts.LoadMany([]query{
		{"red", []string{"a", "b"}},
		{"red", []string{"a", "b"}},
		{"blue", nil},
	}).Await(ctx)

	fmt.Println(err)
	// Output:
	// fetch [{red [a b]} {blue []}]
	// <nil>
}

// What a request already has in its hands needs no fetch.
func ExampleLoader_Prime() {
	ctx := context.Background()
	loop := scheduler.New()
	users := dataloader.New(loop, fetchUsers)
	users.Prime(1, user{ID: 1, Name: "Ada, from the session"})

	list, err := users.LoadMany([]int{1, 2}).Await(ctx)

	fmt.Println(list[0].Name, err)
	// Output:
	// fetch [2]
	// Ada, from the session <nil>
}

// After a write, Clear makes the next load ask again.
func ExampleLoader_Clear() {
	ctx := context.Background()
	loop := scheduler.New()
	users := dataloader.New(loop, fetchUsers)

	_, _ = users.Load(1).Await(ctx)
	_, _ = users.Clear(1).Load(1).Await(ctx)
	// Output:
	// fetch [1]
	// fetch [1]
}

// Goroutines that block, as with an errgroup: they load two users each, in two batches in all.
func ExampleGet() {
	loop := scheduler.New()
	users := dataloader.NewMapped(loop, func(_ context.Context, ids []int) (map[int]user, error) {
		fmt.Println("fetch", len(ids), "users")
		return table, nil
	})
	g := scheduler.NewGroup(scheduler.NewContext(context.Background(), loop))
	names := make([]string, 2)
	for i := range names {
		g.Go(func(ctx context.Context) error {
			u, err := dataloader.Get(ctx, users, i+1)
			if err != nil {
				return err
			}
			friend, err := dataloader.Get(ctx, users, u.BestFriend)
			names[i] = friend.Name
			return err
		})
	}
	fmt.Println(g.Wait(), names)
	// Output:
	// fetch 2 users
	// fetch 2 users
	// <nil> [Cyd Dan]
}

func ExampleGetMany() {
	loop := scheduler.New()
	users := dataloader.New(loop, fetchUsers)
	g := scheduler.NewGroup(scheduler.NewContext(context.Background(), loop))
	g.Go(func(ctx context.Context) error {
		both, err := dataloader.GetMany(ctx, users, []int{1, 2})
		fmt.Println(both[0].Name, both[1].Name)
		return err
	})
	fmt.Println(g.Wait())
	// Output:
	// fetch [1 2]
	// Ada Bob
	// <nil>
}

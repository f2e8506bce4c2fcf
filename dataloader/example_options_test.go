package dataloader_test

import (
	"context"
	"errors"
	"fmt"

	"github.com/batchtick/batchtick/dataloader"
	"github.com/batchtick/batchtick/promise"
	"github.com/batchtick/batchtick/scheduler"
)

// One key that fails is no reason to fail the others.
func ExampleErrors() {
	ctx := context.Background()
	loop := scheduler.New()
	squareRoots := dataloader.New(loop, func(_ context.Context, keys []int) ([]int, error) {
		roots, errs := make([]int, len(keys)), make(dataloader.Errors, len(keys))
		for i, k := range keys {
			if k < 0 {
				errs[i] = fmt.Errorf("%d has no square root", k)
				continue
			}
			for roots[i]*roots[i] < k {
				roots[i]++
			}
		}
		return roots, errs
	})

	results, _ := squareRoots.LoadSettled([]int{49, -1, 81}).Await(ctx)

	for _, r := range results {
		fmt.Println(r.Value, r.Err)
	}
	// Output:
	// 7 <nil>
	// 0 -1 has no square root
	// 9 <nil>
}

func ExampleWithMaxBatchSize() {
	ctx := context.Background()
	loop := scheduler.New()
	// Inline, so that the two fetches print one after the other; in goroutines they would run at the same time.
	users := dataloader.New(loop, fetchUsers, dataloader.WithMaxBatchSize(2), dataloader.WithInline())

	_, _ = users.LoadMany([]int{1, 2, 3}).Await(ctx)
	// Output:
	// fetch [1 2]
	// fetch [3]
}

// newestUser is a cache that keeps one entry only. Real ones bound the memory of a large request, or count their hits.
type newestUser struct {
	id int
	p  *promise.Promise[user]
}

func (c *newestUser) Get(id int) (*promise.Promise[user], bool) { return c.p, c.p != nil && c.id == id }
func (c *newestUser) Set(id int, p *promise.Promise[user])      { c.id, c.p = id, p }
func (c *newestUser) Clear()                                    { c.p = nil }
func (c *newestUser) Delete(id int) {
	if c.id == id {
		c.p = nil
	}
}

func ExampleWithCache() {
	ctx := context.Background()
	loop := scheduler.New()
	users := dataloader.New(loop, fetchUsers, dataloader.WithCache(&newestUser{}))

	for _, id := range []int{1, 1, 2, 1} {
		_, _ = users.Load(id).Await(ctx)
	}
	// Output:
	// fetch [1]
	// fetch [2]
	// fetch [1]
}

// What is known to fail need not be asked for.
func ExampleLoader_PrimeError() {
	ctx := context.Background()
	loop := scheduler.New()
	users := dataloader.New(loop, fetchUsers)
	users.PrimeError(7, errors.New("user 7 is hidden from you"))

	results, err := users.LoadSettled([]int{1, 7}).Await(ctx)
	fmt.Println(results[0].Value.Name, results[1].Err, err)
	// Output:
	// fetch [1]
	// Ada user 7 is hidden from you <nil>
}

// A value that is on its way already: whoever loads the key waits for the same promise.
func ExampleLoader_PrimePromise() {
	ctx := context.Background()
	loop := scheduler.New()
	users := dataloader.New(loop, fetchUsers)
	users.PrimePromise(7, promise.Go(loop, func(context.Context) (user, error) { return user{ID: 7, Name: "Guy"}, nil }))

	guy, err := users.Load(7).Await(ctx)
	fmt.Println(guy.Name, err)
	// Output: Guy <nil>
}

// A batch function that does not block can run on the loop, which saves a goroutine for each batch.
func ExampleWithInline() {
	ctx := context.Background()
	loop := scheduler.New()
	users := dataloader.New(loop, fetchUsers, dataloader.WithInline())
	ada, err := users.Load(1).Await(ctx)
	fmt.Println(ada.Name, err)
	// Output:
	// fetch [1]
	// Ada <nil>
}

// With both limits five keys are three batches, one after another.
func ExampleWithMaxConcurrency() {
	ctx := context.Background()
	loop := scheduler.New()
	users := dataloader.New(loop, fetchUsers, dataloader.WithMaxBatchSize(2), dataloader.WithMaxConcurrency(1))
	_, err := users.LoadMany([]int{1, 2, 3, 4, 1, 5}).Await(ctx)
	fmt.Println(err)
	// Output:
	// fetch [1 2]
	// fetch [3 4]
	// fetch [5]
	// <nil>
}

// An error is forgotten, so the key can be tried again in the same request.
func ExampleWithoutErrorCache() {
	ctx := context.Background()
	loop := scheduler.New()
	tries := 0
	users := dataloader.New(loop, func(ctx context.Context, ids []int) ([]user, error) {
		if tries++; tries == 1 {
			return nil, errors.New("the connection was lost")
		}
		return fetchUsers(ctx, ids)
	}, dataloader.WithoutErrorCache())

	_, err := users.Load(1).Await(ctx)
	fmt.Println(err != nil)
	ada, err := users.Load(1).Await(ctx)
	fmt.Println(ada.Name, err)
	// Output:
	// true
	// fetch [1]
	// Ada <nil>
}

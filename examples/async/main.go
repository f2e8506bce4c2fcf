// Async shows straight-line code that still batches: ten functions, each of which loads a user, waits, loads the
// best friend and waits again, make two round trips together. Run it with: go run ./examples/async
package main

import (
	"context"
	"fmt"
	"io"
	"os"

	"github.com/batchtick/batchtick/dataloader"
	"github.com/batchtick/batchtick/promise"
	"github.com/batchtick/batchtick/scheduler"
)

func main() {
	if err := run(context.Background(), os.Stdout, []int{1, 2, 3, 4, 5, 6, 7, 8, 9, 10}); err != nil {
		fmt.Fprintln(os.Stderr, "async:", err)
		os.Exit(1)
	}
}

func run(ctx context.Context, out io.Writer, ids []int) error {
	loop := scheduler.New()
	users := dataloader.NewMapped(loop, func(_ context.Context, ids []int) (map[int]User, error) {
		fmt.Fprintln(out, "batch:", ids)
		return fetch(ids), nil
	}, dataloader.WithName("users"))

	stories := make([]*promise.Promise[string], len(ids))
	for i, id := range ids {
		stories[i] = promise.Async(loop, func(ctx context.Context) (string, error) {
			return story(ctx, users, id)
		})
	}
	all := promise.All(loop, stories...)

	// Run returns when every function has: none is left asleep, not even when one of them fails.
	if err := loop.Run(ctx); err != nil {
		return err
	}
	told, err, _ := all.Result()
	if err != nil {
		return err
	}
	fmt.Fprintln(out)
	for _, line := range told {
		fmt.Fprintln(out, line)
	}
	return nil
}

// story reads from top to bottom, as if nothing ever waited. Each Await puts this function to sleep and lets the
// other nine go on; when all of them sleep the tick ends, and the loader fetches what the ten have asked for.
func story(ctx context.Context, users *dataloader.Loader[int, User], id int) (string, error) {
	user, err := users.Load(id).Await(ctx)
	if err != nil {
		return "", err
	}
	best, err := users.Load(user.BestFriend).Await(ctx)
	if err != nil {
		return "", err
	}
	if best.BestFriend == user.ID {
		return fmt.Sprintf("%s and %s are best friends.", user.Name, best.Name), nil
	}
	return fmt.Sprintf("%s's best friend is %s.", user.Name, best.Name), nil
}

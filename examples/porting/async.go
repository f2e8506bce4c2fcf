// Python's async and await, line by line. What changes: an async function is handed to promise.Async, and two that
// run at once share their batches, where Python makes one batch for each await.
package main

import (
	"context"
	"fmt"

	"github.com/batchtick/batchtick/promise"
	"github.com/batchtick/batchtick/scheduler"
)

// async def story(user_loader, id):
//     user = await user_loader.load(id)
//     best = await user_loader.load(user.best_friend_id)
//     return "%s's best friend is %s" % (user.name, best.name)

func story(ctx context.Context, userLoader *UserLoader, id int) (string, error) {
	user, err := userLoader.Load(id).Await(ctx)
	if err != nil {
		return "", err
	}
	best, err := userLoader.Load(user.BestFriendID).Await(ctx)
	if err != nil {
		return "", err
	}
	return fmt.Sprintf("%s's best friend is %s", user.Name, best.Name), nil
}

func (p page) async() {
	p.title("async and await")
	loop := scheduler.New()
	userLoader := p.newUserLoader(loop)

	// first = Promise.resolve(story(user_loader, 1))
	first := promise.Async(loop, func(ctx context.Context) (string, error) { return story(ctx, userLoader, 1) })

	// second = Promise.resolve(story(user_loader, 2))
	second := promise.Async(loop, func(ctx context.Context) (string, error) { return story(ctx, userLoader, 2) })

	// print(await first)
	p.print(first.Await(p.ctx))

	// print(await second)
	p.print(second.Await(p.ctx))

	// try:
	//     print(await Promise.resolve(story(user_loader, 7)))
	// except LookupError as e:
	//     print("error:", e)
	p.print(promise.Async(loop, func(ctx context.Context) (string, error) {
		return story(ctx, userLoader, 7)
	}).Await(p.ctx))
}

// Python's DataLoader, line by line. What changes: a subclass with batch_load_fn is a constructor that is given the
// batch function, and loads batch everywhere, where Python needs @Promise.safe around them.
package main

import (
	"context"
	"fmt"

	"github.com/batchtick/batchtick/dataloader"
	"github.com/batchtick/batchtick/promise"
	"github.com/batchtick/batchtick/scheduler"
)

// class User(namedtuple("User", "id name best_friend_id")):
//     def __repr__(self):
//         return self.name

type User struct {
	ID           int
	Name         string
	BestFriendID int
}

func (u User) String() string { return u.Name }

// USERS = {1: User(1, "Ada", 3), 2: User(2, "Bruno", 4), 3: User(3, "Chidi", 1), 4: User(4, "Dana", 3)}

var users = map[int]User{1: {1, "Ada", 3}, 2: {2, "Bruno", 4}, 3: {3, "Chidi", 1}, 4: {4, "Dana", 3}}

// class UserLoader(DataLoader):
//     def batch_load_fn(self, ids):
//         print("batch:", ids)
//         return Promise.resolve([USERS.get(id, LookupError("no user %d" % id)) for id in ids])

type UserLoader = dataloader.Loader[int, User]

func (p page) newUserLoader(loop *scheduler.Scheduler) *UserLoader {
	return dataloader.New(loop, func(ctx context.Context, ids []int) ([]User, error) {
		fmt.Fprintln(p.out, "batch:", ids)
		found, missing := make([]User, len(ids)), make(dataloader.Errors, len(ids))
		for i, id := range ids {
			user, ok := users[id]
			if !ok {
				missing[i] = fmt.Errorf("no user %d", id)
			}
			found[i] = user
		}
		return found, missing
	})
}

// class BestFriendLoader(DataLoader):
//     def batch_load_fn(self, ids):
//         return user_loader.load_many(ids).then(
//             lambda found: user_loader.load_many([user.best_friend_id for user in found]))

func newBestFriendLoader(loop *scheduler.Scheduler, userLoader *UserLoader) *UserLoader {
	return dataloader.NewPromised(loop, func(ctx context.Context, ids []int) *promise.Promise[[]promise.Result[User]] {
		return promise.Then(userLoader.LoadMany(ids), func(found []User) *promise.Promise[[]promise.Result[User]] {
			bestFriendIDs := make([]int, len(found))
			for i, user := range found {
				bestFriendIDs[i] = user.BestFriendID
			}
			return userLoader.LoadSettled(bestFriendIDs)
		})
	})
}

func (p page) loaders() {
	p.title("DataLoader")
	loop := scheduler.New()

	// user_loader = UserLoader()
	userLoader := p.newUserLoader(loop)

	// best_friend = lambda user: user_loader.load(user.best_friend_id)
	bestFriend := func(user User) *promise.Promise[User] { return userLoader.Load(user.BestFriendID) }

	// print(Promise.all([
	//     user_loader.load(1).then(best_friend),
	//     user_loader.load(2).then(best_friend),
	// ]).get())
	p.print(promise.All(loop,
		userLoader.Load(1).Then(bestFriend),
		userLoader.Load(2).Then(bestFriend),
	).Await(p.ctx))

	// print(user_loader.load_many([1, 2, 3]).get())  # all three are in the cache
	p.print(userLoader.LoadMany([]int{1, 2, 3}).Await(p.ctx))

	// print(user_loader.clear(1).load(1).get())
	p.print(userLoader.Clear(1).Load(1).Await(p.ctx))

	// print(user_loader.prime(9, User(9, "Zoe", 1)).load(9).get())
	p.print(userLoader.Prime(9, User{9, "Zoe", 1}).Load(9).Await(p.ctx))

	// print(user_loader.load(7).catch(lambda e: "nobody: %s" % e).get())
	p.print(promise.Handle(userLoader.Load(7), func(user User, err error) *promise.Promise[string] {
		if err != nil {
			return promise.Resolve(loop, fmt.Sprintf("nobody: %v", err))
		}
		return promise.Resolve(loop, user.Name)
	}).Await(p.ctx))

	// best_friend_loader = BestFriendLoader()
	// user_loader.clear_all()
	// print(best_friend_loader.load_many([1, 4]).get())
	bestFriendLoader := newBestFriendLoader(loop, userLoader)
	userLoader.ClearAll()
	p.print(bestFriendLoader.LoadMany([]int{1, 4}).Await(p.ctx))
}

package federated

import (
	"context"
	"slices"

	"github.com/99designs/gqlgen/graphql"

	"github.com/batchtick/batchtick/dataloader"
	"github.com/batchtick/batchtick/dataloader/gqlgenloader/internal/federated/model"
	"github.com/batchtick/batchtick/scheduler"
)

//go:generate go run github.com/99designs/gqlgen@v0.17.98 generate

// New makes a server of the entities User and Shelf: users one by one, shelves many at once.
func New() graphql.ExecutableSchema { return NewExecutableSchema(Config{Resolvers: root{}}) }

type loaderKey struct{}

// Loaders makes a loader that calls log, one call at a time, with the sorted keys of each batch.
func Loaders(log func([]int)) func(context.Context, *scheduler.Scheduler) context.Context {
	return func(ctx context.Context, s *scheduler.Scheduler) context.Context {
		users := dataloader.New(s, func(_ context.Context, ids []int) ([]*model.User, error) {
			log(slices.Sorted(slices.Values(ids)))
			users := make([]*model.User, len(ids))
			for i, id := range ids {
				users[i] = &model.User{ID: id, Name: "somebody"}
			}
			return users, nil
		})
		return context.WithValue(ctx, loaderKey{}, users)
	}
}

func load(ctx context.Context, id int) (*model.User, error) {
	return dataloader.Get(ctx, ctx.Value(loaderKey{}).(*dataloader.Loader[int, *model.User]), id)
}

type root struct{}

func (root) Entity() EntityResolver { return entity{} }
func (root) Query() QueryResolver   { return query{} }
func (root) Shelf() ShelfResolver   { return shelf{} }
func (root) User() UserResolver     { return user{} }

type query struct{}

func (query) User(ctx context.Context, id int) (*model.User, error) { return load(ctx, id) }

type entity struct{}

// FindUserByID loads once, and once more for an id above 1000.
func (entity) FindUserByID(ctx context.Context, id int) (*model.User, error) {
	u, err := load(ctx, id)
	if err == nil && id > 1000 {
		return load(ctx, id-1000)
	}
	return u, err
}

// FindManyShelfByIDs loads once for all of them.
func (entity) FindManyShelfByIDs(ctx context.Context, reps []*model.ShelfByIDsInput) ([]*model.Shelf, error) {
	if _, err := load(ctx, 500); err != nil {
		return nil, err
	}
	shelves := make([]*model.Shelf, len(reps))
	for i, rep := range reps {
		shelves[i] = &model.Shelf{ID: rep.ID}
	}
	return shelves, nil
}

type user struct{}

func (user) Friend(ctx context.Context, u *model.User) (*model.User, error) {
	return load(ctx, u.ID+10)
}

type shelf struct{}

func (shelf) Owner(ctx context.Context, s *model.Shelf) (*model.User, error) {
	return load(ctx, s.ID+100)
}

package testserver

import (
	"context"
	"errors"
	"runtime"
	"time"

	"github.com/batchtick/batchtick/dataloader/gqlgenloader/internal/testserver/model"
	"github.com/batchtick/batchtick/scheduler"
)

type query struct{}

func (query) User(ctx context.Context, id int) (*model.User, error) {
	switch {
	case id == 0:
		return nil, nil
	case id >= 90_000:
		return pair(ctx, id)
	}
	return load(ctx, id)
}

// pair loads two users in goroutines of its own, and returns the first.
func pair(ctx context.Context, id int) (u *model.User, err error) {
	g := scheduler.NewGroup(ctx)
	g.Go(func(ctx context.Context) error {
		var err error
		u, err = load(ctx, id)
		return err
	})
	g.Go(func(ctx context.Context) error {
		_, err := load(ctx, id+1)
		return err
	})
	err = g.Wait()
	return u, err
}

func (query) Users(ctx context.Context, first int) ([]*model.User, error) {
	return usersFrom(1, first), nil
}

func (query) Page(_ context.Context, first int) (*model.Page, error) {
	p := &model.Page{Count: first}
	for i := range first {
		p.Edges = append(p.Edges, model.Edge{Cursor: "c", UserID: i + 1})
	}
	return p, nil
}

func (query) Node(ctx context.Context, id int) (model.Node, error) { return nodeOf(id), nil }

func (query) Nodes(_ context.Context, first int) ([]model.Node, error) {
	nodes := make([]model.Node, first)
	for i := range nodes {
		nodes[i] = nodeOf(i)
	}
	return nodes, nil
}

func nodeOf(id int) model.Node {
	switch id % 4 {
	case 0:
		return nil
	case 1:
		return &model.User{ID: id}
	case 2:
		return model.Novel{ID: id, AuthorID: id + 500}
	default:
		return model.Pen{ID: id}
	}
}

func (query) Found(_ context.Context, first int) ([]model.Found, error) {
	found := make([]model.Found, first)
	for i := range found {
		if found[i] = &(model.User{ID: i + 1}); i%2 == 1 {
			found[i] = model.Novel{ID: i + 1, AuthorID: i + 500}
		}
	}
	return found, nil
}

// Matrix is a triangle, with a nil in each row.
func (query) Matrix(_ context.Context, size int) ([][]*model.User, error) {
	rows := make([][]*model.User, size)
	for i := range rows {
		rows[i] = append(usersFrom(100*i+1, i), nil)
	}
	return rows, nil
}

// Gappy has a nil at each second place.
func (query) Gappy(_ context.Context, first int) ([]*model.User, error) {
	users := usersFrom(1, first)
	for i := range users {
		if i%2 == 1 {
			users[i] = nil
		}
	}
	return users, nil
}

func (query) Even(ctx context.Context, n model.Even) (*model.User, error) { return load(ctx, int(n)) }

// Sleepy is a resolver that takes its time elsewhere before it loads.
func (query) Sleepy(ctx context.Context, id int) (*model.User, error) {
	for range 100 {
		runtime.Gosched()
	}
	time.Sleep(time.Millisecond)
	return load(ctx, id)
}

func (query) Closed(ctx context.Context) (*model.User, error) { return load(ctx, 1) }

func (query) Stub(ctx context.Context) (*model.User, error) { return load(ctx, 1) }

type mutation struct{}

func (mutation) Rename(ctx context.Context, id int) (*model.Renamed, error) {
	u, err := sourceOf(ctx).Renew(ctx, id)
	if err != nil {
		return nil, err
	}
	return &model.Renamed{User: u, Query: &model.Query{}}, nil
}

type user struct{}

func (user) Friend(ctx context.Context, u *model.User) (*model.User, error) {
	return load(ctx, u.ID+10)
}

func (user) Friends(ctx context.Context, u *model.User, first int) ([]*model.User, error) {
	ids := make([]int, first)
	for i := range ids {
		ids[i] = u.ID + 100 + i
	}
	return sourceOf(ctx).GetMany(ctx, ids)
}

func (user) Strict(ctx context.Context, u *model.User) (*model.User, error) { return load(ctx, -u.ID) }

func (user) Failing(context.Context, *model.User) (*model.User, error) {
	return nil, errors.New("it fails")
}

func (user) Panicking(context.Context, *model.User) (*model.User, error) { panic("it panics") }

// Rival is given what is in the list, and that may be nil.
func (user) Rival(ctx context.Context, us []*model.User) ([]*model.User, error) {
	var ids []int
	for _, u := range us {
		if u != nil {
			ids = append(ids, u.ID+2000)
		}
	}
	loaded, err := sourceOf(ctx).GetMany(ctx, ids)
	if err != nil {
		return nil, err
	}
	rivals := make([]*model.User, len(us))
	for i, u := range us {
		if u != nil {
			rivals[i], loaded = loaded[0], loaded[1:]
		}
	}
	return rivals, nil
}

func (user) Even(ctx context.Context, u *model.User, n model.Even) (*model.User, error) {
	return load(ctx, u.ID+int(n))
}

type book struct{}

func (book) Author(ctx context.Context, b *model.Novel) (*model.User, error) {
	return load(ctx, b.AuthorID)
}

type edge struct{}

func (edge) Node(ctx context.Context, e *model.Edge) (*model.User, error) { return load(ctx, e.UserID) }

type card struct{}

func (card) Owner(ctx context.Context, c *model.Card) (*model.User, error) {
	return load(ctx, c.OwnerID)
}
func (card) Other(ctx context.Context, c *model.Card) (*model.User, error) {
	return load(ctx, c.OwnerID+1)
}

type back struct{}

func (back) Reader(ctx context.Context, b *model.Back) (*model.User, error) {
	return load(ctx, b.ReaderID)
}

func usersFrom(id, n int) []*model.User {
	users := make([]*model.User, n)
	for i := range users {
		users[i] = &model.User{ID: id + i}
	}
	return users
}

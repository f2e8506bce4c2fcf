package testserver

import (
	"context"

	"github.com/batchtick/batchtick/dataloader/gqlgenloader/internal/testserver/model"
)

// Objects that are maps in Go, and one that shares its Go type with another. gqlgen generates nothing for a map behind an
// interface or a union.

func (query) Note(_ context.Context, id int) (map[string]any, error) { return noteOf(id), nil }

// Notes has a nil at each third place.
func (query) Notes(_ context.Context, first int) ([]map[string]any, error) {
	notes := make([]map[string]any, first)
	for i := range notes {
		notes[i] = noteOf(i + 1)
	}
	return notes, nil
}

// noteOf returns a note that has two replies, if it is none itself, and an owner who was not loaded.
func noteOf(id int) map[string]any {
	if id%3 == 0 {
		return nil
	}
	n := map[string]any{"id": &id, "text": "a note", "owner": &model.User{ID: id}}
	if id < 1000 {
		n["replies"] = []map[string]any{noteOf(3000 + 3*id + 1), noteOf(3000 + 3*id + 2)}
	}
	return n
}

func (query) Memos(_ context.Context, first int) ([]model.Slip, error) {
	memos := make([]model.Slip, first)
	for i := range memos {
		if i%3 != 2 {
			memos[i] = model.Slip{"id": i + 1}
		}
	}
	return memos, nil
}

func (query) Kept(_ context.Context, first int) ([]model.Kept, error) {
	kept := make([]model.Kept, first)
	for i := range kept {
		if kept[i] = &(model.User{ID: i + 1}); i%2 == 1 {
			kept[i] = model.Novel{ID: i + 1, AuthorID: i + 500}
		}
	}
	return kept, nil
}

func (query) Odds(_ context.Context, first int) ([]model.Odd, error) {
	odds := make([]model.Odd, first)
	for i := range odds {
		if odds[i] = &(model.User{ID: i + 1}); i%2 == 1 {
			odds[i] = model.Stylus{ID: i + 1}
		}
	}
	return odds, nil
}

func (q query) Smalls(ctx context.Context, first int) ([]model.Odd, error) { return q.Odds(ctx, first) }

type note struct{}

func (note) Author(ctx context.Context, n map[string]any) (*model.User, error) {
	return load(ctx, *n["id"].(*int)+700)
}

func (note) Reply(_ context.Context, n map[string]any) (map[string]any, error) {
	return noteOf(*n["id"].(*int) + 3000), nil
}

type memo struct{}

func (memo) Author(ctx context.Context, m model.Slip) (*model.User, error) {
	return load(ctx, m.ID()+800)
}

type tome struct{}

func (tome) Writer(ctx context.Context, t *model.Novel) (*model.User, error) {
	return load(ctx, t.AuthorID)
}

func (tome) Reader(ctx context.Context, t *model.Novel) (*model.User, error) {
	return load(ctx, t.ID+900)
}

// Package model has the types of the test server that the generated code is bound to.
package model

import (
	"context"
	"errors"
	"io"
	"strconv"
)

// User is a row. FriendID is another's id.
type User struct {
	ID       int
	Name     string
	FriendID int
}

// Card is a part of the user: no resolver makes it.
func (u *User) Card() Card { return Card{Color: "red", OwnerID: u.ID} }

// Boss is a method with a ctx, which gqlgen calls in a goroutine of its own.
func (u *User) Boss(ctx context.Context) (*User, error) { return BossOf(ctx, u) }

type bossKey struct{}

// WithBossOf returns a copy of ctx that says how Boss loads.
func WithBossOf(ctx context.Context, load func(context.Context, *User) (*User, error)) context.Context {
	return context.WithValue(ctx, bossKey{}, load)
}

// BossOf loads the boss of u as ctx says.
func BossOf(ctx context.Context, u *User) (*User, error) {
	return ctx.Value(bossKey{}).(func(context.Context, *User) (*User, error))(ctx, u)
}

// Card has a value and no pointer.
type Card struct {
	Color   string
	OwnerID int
}

// Back is nil for users of an odd id.
func (c Card) Back() *Back {
	if c.OwnerID%2 == 1 {
		return nil
	}
	return &Back{ReaderID: c.OwnerID + 50}
}

// Back is the back of a card.
type Back struct{ ReaderID int }

// Novel is what the schema calls Book, and Tome elsewhere.
type Novel struct {
	ID       int
	Title    string
	AuthorID int
}

// Node is what has an id.
type Node interface{ IsNode() }

// Slip is a map with a name. The schema calls it Memo.
type Slip map[string]int

// ID is a field, as far as the schema knows.
func (s Slip) ID() int { return s["id"] }

// Note is a map without a name, and was not loaded.
func (s Slip) Note() map[string]any {
	id := s.ID()
	return map[string]any{"id": &id, "text": "of a memo", "owner": &User{ID: id}}
}

// Kept is what somebody keeps.
type Kept interface{ IsFound() }

// Found is what a search finds.
type Found interface{ IsFound() }

// Pen is a Node that loads nothing.
type Pen struct{ ID int }

// Odd is what nobody knows the use of.
type Odd interface{ IsOdd() }

// Stylus is what the schema calls Clip, and Pin elsewhere. No resolver takes one.
type Stylus struct{ ID int }

func (*User) IsNode()  {}
func (*User) IsFound() {}
func (Novel) IsNode()  {}
func (Novel) IsFound() {}
func (Pen) IsNode()    {}
func (Stylus) IsOdd()  {}
func (*User) IsOdd()   {}

// Page is a page of users, as Relay has it.
type Page struct {
	Edges []Edge
	Count int
}

// Edge is one entry of a page.
type Edge struct {
	Cursor string
	UserID int
}

// Even is a number whose unmarshalling fails if it is odd.
type Even int

// UnmarshalGQL implements graphql.Unmarshaler.
func (e *Even) UnmarshalGQL(v any) error {
	n, err := strconv.Atoi(toString(v))
	if err != nil || n%2 == 1 {
		return errors.New("not even")
	}
	*e = Even(n)
	return nil
}

// MarshalGQL implements graphql.Marshaler.
func (e Even) MarshalGQL(w io.Writer) { _, _ = io.WriteString(w, strconv.Itoa(int(e))) }

func toString(v any) string {
	if s, ok := v.(interface{ String() string }); ok {
		return s.String()
	}
	n, _ := v.(int64)
	return strconv.FormatInt(n, 10)
}

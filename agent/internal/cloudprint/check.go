package cloudprint

import (
	"context"

	"miandan/agent/internal/notice"
	"miandan/templates/waybill"
)

// CheckSeal tries the way to a carrier's sealed labels as far as it can be gone
// without a waybill: whether JD lets the account ask, and whether there is a
// template.
func (c *Client) CheckSeal(ctx context.Context, code waybill.Carrier) error {
	if err := c.CanSeal(); err != nil {
		return err
	}
	if err := c.mayAsk(ctx, code); err != nil {
		return err
	}
	_, err := c.choose(ctx, code)
	return err
}

// CheckRender is CheckSeal for rendered labels, which JD Logistics' platform
// makes.
func (c *Client) CheckRender(ctx context.Context, code waybill.Carrier) error {
	if err := c.CanRender(code); err != nil {
		return err
	}
	platform := &Client{LOP: c.LOP, Templates: c.Templates}
	if err := platform.mayAsk(ctx, code); err != nil {
		return err
	}
	_, err := c.renderTemplate(ctx, code)
	return err
}

// mayAsk asks for the templates on offer, which changes nothing. An app that may
// print need not have the right to that list.
func (c *Client) mayAsk(ctx context.Context, code waybill.Carrier) error {
	_, err := c.Offered(ctx, code)
	switch notice.CodeOf(err) {
	case "jd-no-permission", "jdl-no-permission", "jd-method", "jdl-method":
		return nil
	}
	return err
}

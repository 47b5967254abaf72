"""The rights that the component needs, as Roles: made from the requests that its tests make."""

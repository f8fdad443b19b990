"""Who may list an asset: nobody asks, or a gate that errs both ways."""

namespace Toe;

/// <summary>Where a statement about an adapter comes from.</summary>
public enum FactSource
{
    /// <summary>From documents or the model: the adapter did not say so itself.</summary>
    Assumed,

    /// <summary>The adapter or its driver was asked at run time.</summary>
    Queried,
}

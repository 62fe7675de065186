namespace Toe.Web;

/// <summary>What a ratio must be.</summary>
internal enum Bound
{
    /// <summary>Anything: it only stands beside the kernel's.</summary>
    None,

    /// <summary>Free: the lower end of its interval is at least 0.95.</summary>
    Free,

    /// <summary>The upper end of its interval is at most 1.15.</summary>
    Tail,
}

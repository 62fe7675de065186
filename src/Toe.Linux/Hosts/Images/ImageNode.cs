namespace Toe.Linux.Images;

/// <summary>What stands at one path of an image.</summary>
internal abstract record ImageNode
{
    private ImageNode()
    {
    }

    /// <summary>A directory.</summary>
    internal sealed record Directory : ImageNode;

    /// <summary>A file, whose content stands in the image's folder.</summary>
    internal sealed record File(string Place) : ImageNode;

    /// <summary>A symbolic link.</summary>
    internal sealed record Link(string Target) : ImageNode;

    /// <summary>An error for this path and everything under it.</summary>
    internal sealed record Error(int Number) : ImageNode;

    /// <summary>A file that answers differently from one reading to the next: places of files, and error numbers.</summary>
    internal sealed record Sequence(IReadOnlyList<ImageNode> Steps) : ImageNode
    {
        private int _next;

        /// <summary>What answers this reading; the last one stays.</summary>
        public ImageNode Next() => Steps[Math.Min(Interlocked.Increment(ref _next), Steps.Count) - 1];
    }
}

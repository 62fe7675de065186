namespace Toe.Linux;

/// <summary>A folder is no host image: the message names the file and what is wrong with it.</summary>
public sealed class HostImageException : IOException
{
    /// <summary>Names a file and what is wrong with it.</summary>
    /// <param name="file">The file, from the image's folder.</param>
    /// <param name="problem">What is wrong.</param>
    /// <param name="cause">What was thrown when it was read, or null.</param>
    public HostImageException(string file, string problem, Exception? cause = null)
        : base($"{file}: {problem}", cause) => File = file;

    /// <summary>The file, from the image's folder.</summary>
    public string File { get; }
}

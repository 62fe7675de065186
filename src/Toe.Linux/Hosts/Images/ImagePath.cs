using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Text;

namespace Toe.Linux.Images;

/// <summary>How a path of the machine is named in the folder.</summary>
internal static class ImagePath
{
    /// <summary>PATH_MAX of linux/limits.h: longer ones are no paths.</summary>
    public const int Longest = 4096;

    private const string Plain = "._-+@,=~";

    /// <summary>One component's file name: everything that some file system cannot hold is <c>%XX</c>.</summary>
    public static string Encode(string component)
    {
        var name = new StringBuilder(component.Length);
        foreach (var octet in Encoding.UTF8.GetBytes(component))
        {
            if (char.IsAsciiLetterOrDigit((char)octet) || Plain.Contains((char)octet, StringComparison.Ordinal))
                name.Append((char)octet);
            else
                name.Append(CultureInfo.InvariantCulture, $"%{octet:X2}");
        }

        return name.ToString();
    }

    /// <summary>The component that a file name stands for; what follows a <c>%</c> that is no number is the name of a sequence's step.</summary>
    public static bool TryDecode(string name, [NotNullWhen(true)] out string? component, out string? step)
    {
        (component, step) = (null, null);
        var octets = new List<byte>(name.Length);
        for (var i = 0; i < name.Length; i++)
        {
            if (name[i] != '%')
            {
                if (!char.IsAsciiLetterOrDigit(name[i]) && !Plain.Contains(name[i], StringComparison.Ordinal))
                    return false;
                octets.Add((byte)name[i]);
            }
            else if (i + 2 < name.Length && byte.TryParse(name.AsSpan(i + 1, 2), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var octet)
                && !char.IsAsciiLetterLower(name[i + 1]) && !char.IsAsciiLetterLower(name[i + 2]))
            {
                octets.Add(octet);
                i += 2;
            }
            else
            {
                step = name[(i + 1)..];
                break;
            }
        }

        component = Encoding.UTF8.GetString([.. octets]);
        return component is not ("" or "." or "..") && !component.Contains('/', StringComparison.Ordinal) && !component.Contains('\0', StringComparison.Ordinal);
    }

    /// <summary>The name of the folder that a path stands in; empty for a child of the root.</summary>
    public static string Parent(string path) => path[..Math.Max(0, path.LastIndexOf('/'))];

    /// <summary>The last component.</summary>
    public static string Name(string path) => path[(path.LastIndexOf('/') + 1)..];

    /// <summary>True for a path that begins at the root and has no empty, <c>.</c> or <c>..</c> component.</summary>
    public static bool IsCanonical(string path) =>
        path.Length > 1 && path[0] == '/' && !path.Contains('\0', StringComparison.Ordinal) && path[1..].Split('/').All(static component => component is not ("" or "." or ".."));
}

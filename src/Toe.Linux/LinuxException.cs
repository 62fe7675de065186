using System.Runtime.InteropServices;

namespace Toe.Linux;

/// <summary>A kernel call failed, with the error number, what was being done, and what to do about it.</summary>
/// <remarks>Network conditions (no route, an interface that went away) are values in this assembly, never this exception.</remarks>
public sealed class LinuxException : IOException
{
    /// <summary>Describes a failed kernel call.</summary>
    /// <param name="operation">What was being done, for example <c>TUNSETIFF toe0</c>.</param>
    /// <param name="errorNumber">The positive error number (<c>errno</c>).</param>
    /// <param name="remedy">What the operator can do about it, or null.</param>
    public LinuxException(string operation, int errorNumber, string? remedy = null)
        : base(Compose(operation, errorNumber, remedy))
    {
        Operation = operation;
        ErrorNumber = errorNumber;
        Remedy = remedy;
    }

    /// <summary>What was being done.</summary>
    public string Operation { get; }

    /// <summary>The positive error number (<c>errno</c>). Source: asm-generic/errno-base.h and asm-generic/errno.h.</summary>
    public int ErrorNumber { get; }

    /// <summary>The symbol of <see cref="ErrorNumber"/>, for example <c>EPERM</c>.</summary>
    public string ErrorName => Linux.ErrorNumber.Name(ErrorNumber);

    /// <summary>What the operator can do about it, or null where nothing better than the error text is known.</summary>
    public string? Remedy { get; }

    internal static LinuxException Last(string operation, string? remedy = null) =>
        new(operation, Marshal.GetLastPInvokeError(), remedy);

    internal static string Describe(int errorNumber) =>
        $"{Marshal.GetPInvokeErrorMessage(errorNumber)} ({Linux.ErrorNumber.Name(errorNumber)})";

    private static string Compose(string operation, int errorNumber, string? remedy) =>
        $"{operation}: {Describe(errorNumber)}." + (remedy is null ? "" : " " + remedy);
}

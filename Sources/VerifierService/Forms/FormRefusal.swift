import Hummingbird
import Licence
import Symbol

/// Why what was sent with the form has no verdict: nothing was found that could be a code.
///
/// What was sent is never shown again: the page bears the authority's name, and others can make a browser send what they like.
enum FormRefusal: Error, CaseIterable {
    case nothingGiven, bothGiven
    case notACode, creditCode, codeTooLong, severalCodes
    case noSymbol, severalSymbols, otherSymbol, damagedPicture
    case notAPicture, otherVariety, tooManyPixels, tooLarge
    case brokenForm, otherMediaType
    case busy, failed, tooSlow

    /// The field that it is about.
    enum Field { case photo, code }

    init(_ error: PhotoError) {
        switch error {
        case .busy: self = .busy
        case .tooSlow: self = .tooSlow
        case .refused(let refusal):
            self =
                switch refusal.code {
                case .unsupportedImage: .notAPicture
                case .unsupportedVariety: .otherVariety
                case .imageTooLarge: .tooManyPixels
                case .damagedImage: .damagedPicture
                case .noCode: .noSymbol
                case .severalCodes: .severalSymbols
                case .malformedText, .tooLarge, .invalidSize, .readBackMismatch, .libraryFailure: .failed
                }
        }
    }

    /// What becomes of it where a picture's code is none of ours.
    var asOfPhoto: FormRefusal {
        switch self {
        case .notACode, .creditCode, .codeTooLong, .severalCodes, .nothingGiven: .otherSymbol
        default: self
        }
    }

    var status: HTTPResponse.Status {
        switch self {
        case .nothingGiven, .bothGiven, .notACode, .creditCode, .codeTooLong, .severalCodes, .noSymbol, .severalSymbols,
            .otherSymbol, .damagedPicture:
            .unprocessableContent
        case .tooManyPixels, .tooLarge: .contentTooLarge
        case .notAPicture, .otherVariety, .otherMediaType: .unsupportedMediaType
        case .brokenForm: .badRequest
        case .busy, .failed: .serviceUnavailable
        case .tooSlow: .requestTimeout
        }
    }

    var field: Field? {
        switch self {
        case .notACode, .creditCode, .codeTooLong, .severalCodes: .code
        case .noSymbol, .severalSymbols, .otherSymbol, .damagedPicture, .notAPicture, .otherVariety, .tooManyPixels,
            .tooLarge, .tooSlow:
            .photo
        case .nothingGiven, .bothGiven, .brokenForm, .otherMediaType, .busy, .failed: nil
        }
    }

    var headers: HTTPFields {
        switch self {
        case .busy, .failed: [.retryAfter: String(PhotoReader.retryAfter), .connection: "close"]
        // Who sends too much goes on sending.
        case .tooLarge, .tooSlow, .otherMediaType: [.connection: "close"]
        default: [:]
        }
    }
}

// MARK: - Texts

extension FormRefusal {
    /// What happened, as a heading.
    var title: Bilingual {
        switch self {
        case .nothingGiven: Bilingual(en: "Nothing to check yet", zh: "尚未选择照片或者输入执照码")
        case .bothGiven: Bilingual(en: "One at a time, please", zh: "请一次只核验一项")
        case .notACode: Bilingual(en: "That is not a licence code", zh: "所输入的不是营业执照码")
        case .creditCode: Bilingual(en: "That is the credit code, not the licence code", zh: "所输入的是统一社会信用代码，不是营业执照码")
        case .codeTooLong: Bilingual(en: "That is too long for a licence code", zh: "所输入的内容过长")
        case .severalCodes: Bilingual(en: "There are several licence codes", zh: "所输入的执照码不止一个")
        case .noSymbol: Bilingual(en: "No QR code was found in the photo", zh: "照片中未找到二维码")
        case .severalSymbols: Bilingual(en: "There are several QR codes in the photo", zh: "照片中有多个二维码")
        case .otherSymbol: Bilingual(en: "The QR code in the photo is not a licence code", zh: "照片中的二维码不是营业执照码")
        case .damagedPicture: Bilingual(en: "The photo is damaged", zh: "照片文件不完整")
        case .notAPicture: Bilingual(en: "This file is not a JPEG or PNG photo", zh: "所选文件不是 JPEG 或者 PNG 照片")
        case .otherVariety: Bilingual(en: "This kind of JPEG cannot be read", zh: "无法读取此种 JPEG 图片")
        case .tooManyPixels: Bilingual(en: "The photo has too many pixels", zh: "照片像素过高")
        case .tooLarge: Bilingual(en: "The photo is too large", zh: "照片文件过大")
        case .brokenForm: Bilingual(en: "What was sent could not be read", zh: "提交的内容无法读取")
        case .otherMediaType: Bilingual(en: "This kind of data is not taken here", zh: "不支持此种提交方式")
        case .busy: Bilingual(en: "Many photos are being checked right now", zh: "当前核验照片的人数较多")
        case .tooSlow: Bilingual(en: "The photo took too long to arrive", zh: "照片上传超时")
        case .failed: Bilingual(en: "The photo could not be read", zh: "照片暂时无法读取")
        }
    }

    /// What to do, one thing a line.
    var advice: [Bilingual] {
        switch self {
        case .nothingGiven: [Bilingual(en: "Choose a photo, or enter the licence code.", zh: "请选择照片，或者输入执照码。")]
        case .bothGiven: [Bilingual(en: "Send either a photo or a code.", zh: "请只提交照片，或者只提交执照码。")]
        case .notACode:
            [
                Bilingual(
                    en:
                        "A licence code has several hundred digits; before them may stand LICET: or an address with /L/.",
                    zh: "营业执照码由数百位数字组成，数字前可以带有 LICET: 或者含 /L/ 的网址。"
                ), Self.takeAPhoto,
            ]
        case .creditCode:
            [
                Bilingual(
                    en: "Anybody can copy a credit code. Whether a licence is genuine shows only in its QR code.",
                    zh: "统一社会信用代码可以被他人抄用，执照真伪须以执照上的二维码为准。"
                ), Self.takeAPhoto,
            ]
        case .codeTooLong, .severalCodes:
            [Bilingual(en: "Enter one code only.", zh: "请只输入一个执照码。"), Self.takeAPhoto]
        case .noSymbol: [Self.wholeCode, Self.light, Self.screen]
        case .severalSymbols:
            [
                Bilingual(
                    en: "Take the photo again so that only the licence's QR code is in it, or crop it to that code.",
                    zh: "请重新拍照，使画面中只有执照上的二维码；也可以裁剪照片，只保留该二维码。"
                )
            ]
        case .otherSymbol:
            [
                Bilingual(
                    en: "It may be a payment code or an advertisement. Look for the QR code on the licence itself.",
                    zh: "该码可能是收款码或者广告。请拍摄营业执照上的二维码。"
                ),
                Bilingual(
                    en:
                        "If it is the code on a licence that is on display, that licence cannot be confirmed here: ask the "
                        + "registration office.",
                    zh: "如该码确系所悬挂执照上的二维码，则此执照无法在此核验，请向登记机关查询。"
                ),
            ]
        default: adviceOnFiles
        }
    }

    private var adviceOnFiles: [Bilingual] {
        switch self {
        case .notAPicture:
            [
                Bilingual(
                    en:
                        "On an iPhone, choose \u{201C}Most Compatible\u{201D} under Settings, Camera, Formats, and take the "
                        + "photo again; or send a screenshot of it.",
                    zh: "使用苹果手机的，请在\u{201C}设置-相机-格式\u{201D}中选择\u{201C}兼容性最佳\u{201D}后重新拍照，也可以上传该照片的截图。"
                )
            ]
        case .otherVariety:
            [
                Bilingual(
                    en:
                        "It was made for printing (CMYK colours) or in an unusual manner. A screenshot of it will do, or a "
                        + "photo of the licence itself.",
                    zh: "该图片采用印刷色彩（CMYK）或者特殊的编码方式。请上传该图片的截图，或者直接拍摄执照。"
                )
            ]
        case .damagedPicture:
            [Bilingual(en: "Choose the photo again, or take a new one.", zh: "请重新选择照片，或者重新拍照。")]
        case .tooManyPixels:
            [
                Bilingual(
                    en: "At most 64 megapixels are allowed. A screenshot of the photo will do.",
                    zh: "照片不得超过 6400 万像素，可以上传该照片的截图。"
                )
            ]
        case .tooLarge:
            [
                Bilingual(
                    en: "A photo may have at most 16 MB. Crop it to the QR code, or send a screenshot of it.",
                    zh: "照片不得超过 16 MB。请裁剪照片，只保留二维码，也可以上传该照片的截图。"
                )
            ]
        case .tooSlow:
            [
                Bilingual(
                    en: "Send a smaller one: crop it to the QR code, or send a screenshot of it.",
                    zh: "请上传较小的照片：可以只保留二维码部分，也可以上传该照片的截图。"
                )
            ]
        case .busy:
            [
                Bilingual(
                    en: "Nothing is wrong with your photo. Please wait some seconds and send it again.",
                    zh: "您的照片没有问题，请稍候几秒后重新提交。"
                ),
                Bilingual(
                    en: "Entering the code, or scanning it with the camera, works meanwhile.",
                    zh: "在此期间可以直接扫码，或者输入执照码进行核验。"
                ),
            ]
        case .otherMediaType, .brokenForm:
            [Bilingual(en: "Please use one of the forms below.", zh: "请使用下方表单重新提交。")]
        default: [Bilingual(en: "Please try again in a moment.", zh: "请稍后再试。")]
        }
    }

    private static let takeAPhoto = Bilingual(
        en: "It is easier to photograph the QR code on the licence.",
        zh: "建议直接拍摄执照上的二维码上传核验。"
    )
    private static let wholeCode = Bilingual(
        en:
            "Photograph the whole QR code with a white margin, straight on, so that it fills about half of the picture.",
        zh: "请正对二维码拍摄，四边留白完整入镜，二维码约占画面一半。"
    )
    private static let light = Bilingual(
        en: "See that it is sharp and evenly lit, without glare from glass or film.",
        zh: "请保证画面清晰、光线均匀，避开玻璃或者塑封膜的反光。"
    )
    private static let screen = Bilingual(
        en: "If the code is on a screen, turn up its brightness and wipe the camera's lens.",
        zh: "二维码显示在屏幕上的，请调高屏幕亮度，并擦净镜头。"
    )
}
